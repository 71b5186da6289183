using System.Globalization;
using Gateway.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using UsageService.Data;

namespace UsageService.Reconciliation;

/// <summary>Holds the books against what a provider says. It reads alone: nothing is kept of an export.</summary>
internal static class ReconciliationEndpoints
{
    private const int MaxDays = 366;

    private static readonly string[] Parameters = ["provider", "from", "to"];

    public static void MapReconciliation(this IEndpointRouteBuilder routes)
        => routes.MapGroup("/admin/reconciliation").WithTags("Reconciliation").MapPost("/", CompareAsync).WithAccess(Access.AdminRead).WithoutAudit("It compares, and keeps nothing of what it is given.")
            .WithSummary("Compares the books with a provider's own export")
            .WithQuery(query =>
            {
                foreach (var name in Parameters)
                {
                    query.Text(name);
                }

                query.Only(Parameters);
            })
            .WithBody(
                () => new System.Text.Json.Nodes.JsonObject { ["type"] = "string" },
                "\"date,model,input_tokens,output_tokens,cost\\n2026-11-01,echo,10,20,0.5\\n\"",
                "text/csv");

    private static async Task<Results<Ok<DriftReport>, ProblemHttpResult>> CompareAsync(
        HttpRequest request, IDbContextFactory<UsageDbContext> databases, CancellationToken cancellationToken)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Parameters)
        {
            if (request.Query[name] is [{ Length: > 0 } value])
            {
                query[name] = value;
            }
            else
            {
                faults[name] = "Required.";
            }
        }

        var (from, to) = (DayOf("from"), DayOf("to"));
        if (faults.Count == 0 && (to <= from || to.DayNumber - from.DayNumber > MaxDays))
        {
            faults["to"] = $"The day behind the last one: later than 'from', by at most {MaxDays} days.";
        }

        if (faults.Count > 0)
        {
            return AdminProblem.Invalid(faults);
        }

        ProviderExport export;
        try
        {
            export = ExportReader.Read(await ReadBodyAsync(request, cancellationToken));
        }
        catch (ExportException exception)
        {
            return AdminProblem.Invalid(new Dictionary<string, string> { [""] = exception.Message });
        }

        var theirs = export.Lines.Where(line => line.Day >= from && line.Day < to).ToList();
        var ours = await OursAsync(databases, query["provider"], from, to, cancellationToken);
        return TypedResults.Ok(new DriftReport(query["provider"], from, to, export.Lines.Count - theirs.Count, Drift.Between(theirs, ours)));

        DateOnly DayOf(string name)
        {
            if (query.GetValueOrDefault(name) is { } text && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                faults[name] = "A day in UTC, as in 2027-01-31.";
            }

            return faults.ContainsKey(name) ? default : DateOnly.ParseExact(query[name], "yyyy-MM-dd", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Every attempt that the provider may have counted, by the day of its call.</summary>
    private static async Task<IReadOnlyList<ExportLine>> OursAsync(
        IDbContextFactory<UsageDbContext> databases, string provider, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var (start, end) = (from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), to.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var sums = await database.Attempts.AsNoTracking()
            .Where(attempt => attempt.Provider == provider && attempt.Usage.Source != "none" && attempt.Usage.Source != "unknown")
            .Join(database.Calls.Where(call => call.CreatedAt >= start && call.CreatedAt < end), attempt => attempt.CallId, call => call.Id, (attempt, _) => attempt)
            .GroupBy(attempt => attempt.UpstreamModel)
            .Select(model => new
            {
                Model = model.Key,
                Requests = model.LongCount(),
                Input = model.Sum(attempt => attempt.Usage.InputTokens + attempt.Usage.AudioInputTokens + attempt.Usage.ImageInputTokens),
                CacheRead = model.Sum(attempt => attempt.Usage.CacheReadTokens),
                Write5Minutes = model.Sum(attempt => attempt.Usage.CacheWrite5MinuteTokens),
                Write1Hour = model.Sum(attempt => attempt.Usage.CacheWrite1HourTokens),
                Output = model.Sum(attempt => attempt.Usage.OutputTokens + attempt.Usage.ReasoningTokens + attempt.Usage.AudioOutputTokens),
                NanoUsd = model.Sum(attempt => attempt.Usage.CostNanoUsd ?? 0),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. sums.SelectMany(sum => new (string Bucket, decimal Amount)[]
            {
                (ExportBuckets.Requests, sum.Requests),
                (ExportBuckets.Input, sum.Input),
                (ExportBuckets.CacheRead, sum.CacheRead),
                (ExportBuckets.CacheWrite5Minutes, sum.Write5Minutes),
                (ExportBuckets.CacheWrite1Hour, sum.Write1Hour),
                (ExportBuckets.Output, sum.Output),
                (ExportBuckets.Cost, new NanoUsd(sum.NanoUsd).ToUsd()),
            }.Select(amount => new ExportLine(from, sum.Model, amount.Bucket, amount.Amount))),
        ];
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > ExportReader.MaxBytes)
            {
                throw new ExportException($"It is longer than {ExportReader.MaxBytes} bytes: send fewer days.");
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
