using System.Data;
using System.Runtime.InteropServices;
using Gateway.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using UsageService.Data;

namespace UsageService.Statistics;

/// <summary>
/// Holds the statistics against the log they were made from. The log is added up row by row, and by other columns than the statistics
/// go by; whatever differs is named.
/// </summary>
internal sealed class RollupCheck(IDbContextFactory<UsageDbContext> databases, StatisticsReader reader)
{
    private const int MaxDifferences = 100;

    /// <param name="from">The first hour, from 1970; what was deleted from the log before it is not to be missed.</param>
    /// <param name="to">The hour after the last.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<CheckView> CheckAsync(long from, long to, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);

        // All is read as it was at one moment, and nobody waits for it.
        await database.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = database.Database.GetDbConnection() is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await database.Database.GetDbConnection().BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await database.Database.UseTransactionAsync(transaction, cancellationToken);
        var log = await ReadLogAsync(database, from, to, cancellationToken);
        var coarseLog = log.GroupBy(row => row.Key with { KeyId = null }, row => row.Value).ToDictionary(group => group.Key, group => group.Aggregate((a, b) => a.Add(b)));
        var differences = new List<CheckDifference>();
        foreach (var kind in (RollupKind[])[RollupKind.Full, RollupKind.Coarse])
        {
            foreach (var byHour in (bool[])[true, false])
            {
                var statistics = new Dictionary<Group, UsageSums>();
                await reader.FoldAsync(
                    database,
                    kind,
                    from,
                    to,
                    byHour,
                    (_, dimensions) => Of(statistics, new Group(dimensions.KeyId, dimensions.Provider, dimensions.UpstreamModel, dimensions.StatusCode)),
                    cancellationToken);
                Compare($"{(byHour ? "hours" : "days")}, {kind.ToString().ToLowerInvariant()}", kind == RollupKind.Full ? log : coarseLog, statistics, differences);
            }
        }

        return new CheckView(
            Rollup.TimeOf(from), Rollup.TimeOf(to), log.Values.Sum(sums => sums.Requests), new NanoUsd(log.Values.Sum(sums => sums.Cost)).ToUsd(), differences);
    }

    private static UsageSums Of(Dictionary<Group, UsageSums> statistics, Group group)
    {
        if (!statistics.TryGetValue(group, out var sums))
        {
            statistics.Add(group, sums = new UsageSums());
        }

        return sums;
    }

    private static async Task<Dictionary<Group, LogSums>> ReadLogAsync(UsageDbContext database, long from, long to, CancellationToken cancellationToken)
    {
        var (first, end) = (Rollup.TimeOf(from), Rollup.TimeOf(to));
        var rows = database.Calls.Where(call => call.CreatedAt >= first && call.CreatedAt < end).Select(call => new
        {
            Group = new Group(call.KeyId, call.Provider, call.UpstreamModel, call.StatusCode),
            IsError = call.ErrorCode != null || call.StatusCode >= 400,
            call.IsRefused,
            Prompt = call.Usage.InputTokens + call.Usage.CacheReadTokens + call.Usage.CacheWrite5MinuteTokens
                + call.Usage.CacheWrite1HourTokens + call.Usage.AudioInputTokens + call.Usage.ImageInputTokens,
            Completion = call.Usage.OutputTokens + call.Usage.ReasoningTokens + call.Usage.AudioOutputTokens,
            Cost = call.Usage.CostNanoUsd,
        });
        var sums = new Dictionary<Group, LogSums>();
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, row.Group, out _);
            sum = sum.Add(new LogSums(1, row.IsError ? 1 : 0, row.IsRefused ? 1 : 0, row.Prompt, row.Completion, row.Cost ?? 0, row.Cost is null ? 1 : 0));
        }

        return sums;
    }

    private static void Compare(
        string source, Dictionary<Group, LogSums> log, Dictionary<Group, UsageSums> statistics, List<CheckDifference> differences)
    {
        foreach (var group in log.Keys.Union(statistics.Keys))
        {
            var expected = log.GetValueOrDefault(group);
            var view = UsageView.From(statistics.GetValueOrDefault(group) ?? new UsageSums());
            foreach (var (what, inLog, inStatistics) in ((string, decimal, decimal)[])
            [
                ("requests", expected.Requests, view.Requests),
                ("errors", expected.Errors, view.Errors),
                ("refused", expected.Refused, view.Refused),
                ("prompt_tokens", expected.Prompt, view.PromptTokens),
                ("completion_tokens", expected.Completion, view.CompletionTokens),
                ("cost", new NanoUsd(expected.Cost).ToUsd(), view.Cost),
                ("unpriced", expected.Unpriced, view.Unpriced),
            ])
            {
                if (inLog != inStatistics && differences.Count < MaxDifferences)
                {
                    differences.Add(new CheckDifference(source, group.KeyId, group.Provider, group.Model, group.StatusCode, what, inLog, inStatistics));
                }
            }
        }
    }

    private sealed record Group(Guid? KeyId, string? Provider, string? Model, int StatusCode);

    private readonly record struct LogSums(long Requests, long Errors, long Refused, long Prompt, long Completion, long Cost, long Unpriced)
    {
        public LogSums Add(LogSums other) => new(
            Requests + other.Requests,
            Errors + other.Errors,
            Refused + other.Refused,
            Prompt + other.Prompt,
            Completion + other.Completion,
            Cost + other.Cost,
            Unpriced + other.Unpriced);
    }
}

/// <param name="Requests">Of the log, as is <paramref name="Cost"/>.</param>
/// <param name="Differences">None is what is right; the first hundred of more.</param>
internal sealed record CheckView(DateTime From, DateTime To, long Requests, decimal Cost, IReadOnlyList<CheckDifference> Differences);

internal sealed record CheckDifference(
    string Source, Guid? KeyId, string? Provider, string? Model, int StatusCode, string What, decimal InLog, decimal InStatistics);
