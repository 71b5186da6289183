using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Data;
using UsageService.RequestLog;
using Xunit;

namespace Tests.Usage;

public sealed class UsageLogTests(Databases databases) : IClassFixture<Databases>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Record_WhenStoredAndRead_IsTheSame(string database)
    {
        await using var host = await StartAsync(database);
        var record = Record() with
        {
            KeyId = Guid.NewGuid(),
            KeyName = "key",
            IsRefused = true,
            Format = ClientFormat.Messages,
            StatusCode = 200,
            Provider = "p",
            UpstreamModel = "m",
            Usage = new TokenUsage { Input = 1, CacheRead = 2, CacheWrite5Minutes = 3, CacheWrite1Hour = 4, AudioInput = 5, ImageInput = 6, Output = 7, Reasoning = 8, AudioOutput = 9 },
            UsageSource = UsageSource.Partial,
            Cost = NanoUsd.Zero,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Losses = ["dropped:seed", "changed:a,\0b"],
            Stages = new StageTimes(1, 2, 3),
            Client = "curl",
            EndUser = "somebody",
            Tags = ["b", "a", "b", "c\nd"],
            Route = new RouteTrace { Route = "r", RoutingType = "auto", Automatic = new AutomaticTrace("heuristic", "m", 4.5, "simple", TaskType: "Chatbot"), Fallbacks = ["x"] },
            Attempts = [Attempt("a"), Attempt("b") with { PriceRow = "row-1", ServiceTier = "flex", CacheSavings = new NanoUsd(3) }],
        };

        await host.Get<IUsageLog>().RecordAsync([record], Cancelled);

        var call = await ReadAsync(host, record.Id);
        call.CreatedAt.ShouldBe(record.CreatedAt);
        call.CreatedAt.Kind.ShouldBe(DateTimeKind.Utc);
        call.KeyId.ShouldBe(record.KeyId);
        call.Format.ShouldBe("messages");
        call.IsRefused.ShouldBeTrue();
        call.TraceId.ShouldBe("0af7651916cd43dd8448eb211c80319c");
        call.Usage.ShouldBeEquivalentTo(LoggedUsage.From(record.Usage, record.UsageSource, record.Cost));
        call.Usage.CostNanoUsd.ShouldBe(0);
        (call.ReadMs, call.AdmitMs, call.RouteMs, call.Client, call.EndUser).ShouldBe((1, 2, 3, "curl", "somebody"));
        CallTags.Split(call.Tags).ShouldBe(["b", "a", "c d"]);
        (call.RoutingType, call.RoutingMethod, call.RoutingTier, call.TaskType, call.ClassificationMs).ShouldBe(("auto", "heuristic", "simple", "Chatbot", 4.5));
        (call.IsFallback, call.PriceRow, call.ServiceTier, call.CacheSavingsNanoUsd).ShouldBe((true, "row-1", "flex", 3L));
        call.Attempts.Single(attempt => attempt.Number == 2).PriceRow.ShouldBe("row-1");
        call.Losses.ShouldBe(["dropped:seed", "changed:a,\uFFFDb"]);
        call.Attempts.OrderBy(attempt => attempt.Number).Select(attempt => attempt.Provider).ShouldBe(["a", "b"]);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Record_WhenItComesAgain_IsStoredOnce(string database)
    {
        await using var host = await StartAsync(database);
        var first = Record() with { Attempts = [Attempt("a")] };
        var second = Record();

        await host.Get<IUsageLog>().RecordAsync([first], Cancelled);
        await host.Get<IUsageLog>().RecordAsync([first with { StatusCode = 500 }, second, second], Cancelled);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Get<IUsageLog>().RecordAsync([first, second], Cancelled)));

        (await ReadAsync(host, first.Id)).StatusCode.ShouldBe(first.StatusCode);
        (await ReadAsync(host, second.Id)).Attempts.ShouldBeEmpty();
        (await ReadAsync(host, second.Id)).Sequence.ShouldBeGreaterThan((await ReadAsync(host, first.Id)).Sequence);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Record_WhenTheModelHasNoPrice_IsWithoutCost(string database)
    {
        await using var host = await StartAsync(database);
        var record = Record();

        await host.Get<IUsageLog>().RecordAsync([record], Cancelled);

        (await ReadAsync(host, record.Id)).Usage.CostNanoUsd.ShouldBeNull();
    }

    /// <summary>One record that cannot be stored would be sent again for ever, and hold up all behind it.</summary>
    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Record_WhenItsTextsAreHostile_IsStoredAllTheSame(string database)
    {
        await using var host = await StartAsync(database);
        var records = new[] { "a\0b", "\ud800", "x\udc00y", new string('é', 100_000), "\uFFFF", "'; DROP TABLE calls; --", "😀" }
            .Select(text => Record() with
            {
                RequestedModel = text,
                KeyName = text,
                ErrorCode = text,
                UpstreamModel = text,
                Provider = text,
                Client = text,
                EndUser = text,
                Tags = [text],
                Route = new RouteTrace { Route = text, RoutingType = text, Automatic = new AutomaticTrace(text, text, 1, text, TaskType: text) },
                Attempts = [Attempt("p") with { ErrorCode = text, UpstreamModel = text }],
            })
            .ToList();

        await host.Get<IUsageLog>().RecordAsync(records, Cancelled);

        (await ReadAsync(host, records[0].Id)).RequestedModel.ShouldBe("a\uFFFDb");
        (await ReadAsync(host, records[1].Id)).RequestedModel.ShouldBe("\uFFFD");
        (await ReadAsync(host, records[3].Id)).RequestedModel.ShouldBe(new string('é', 500));
        (await ReadAsync(host, records[5].Id)).RequestedModel.ShouldBe(records[5].RequestedModel);
        (await ReadAsync(host, records[6].Id)).RequestedModel.ShouldBe(records[6].RequestedModel);
    }

    private static CallRecord Record() => new()
    {
        Id = Guid.CreateVersion7(),
        RequestId = $"req_{Guid.NewGuid():N}",
        CreatedAt = new DateTime(2026, 8, 1, 12, 30, 45, DateTimeKind.Utc),
        RequestedModel = "model",
        StatusCode = 200,
    };

    private static AttemptRecord Attempt(string provider) => new() { Id = Guid.NewGuid(), Provider = provider, UpstreamModel = "m" };

    private async Task<ModuleHost> StartAsync(string database)
        => await ModuleHost.StartAsync("usage", await databases.ConnectionStringAsync(database), builder => builder.AddUsageLog());

    private static async Task<LoggedCall> ReadAsync(ModuleHost host, Guid id)
    {
        await using var context = await host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled);
        return await context.Calls.AsNoTracking().Include(call => call.Attempts).SingleAsync(call => call.Id == id, Cancelled);
    }
}
