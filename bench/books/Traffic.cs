using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace Bench.Books;

/// <summary>Thirty days of a gateway's calls, in the order in which they came.</summary>
/// <param name="uniform">Every key uses every model alike; else each has three.</param>
internal sealed class Traffic(int calls, bool uniform)
{
    public const int Days = 30;
    private const int Keys = 200;
    private const int Models = 12;

    private readonly Random _random = new(42);
    private readonly Guid[] _keys = [.. Enumerable.Range(1, Keys).Select(number => new Guid(number, 1, 0, new byte[8]))];
    private readonly Guid[] _projects = [.. Enumerable.Range(1, 20).Select(number => new Guid(number, 2, 0, new byte[8]))];

    public DateTime End { get; } = new(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc);

    public Guid Key => _keys[17];

    public static string Model => "model-5";

    public IEnumerable<CallRecord[]> Batches(int size) => Enumerable.Range(0, calls).Select(Make).Chunk(size);

    private CallRecord Make(int number)
    {
        var at = End.AddDays(-Days) + (TimeSpan.FromDays(Days) * ((double)number / calls));
        var key = _random.Next(Keys);
        var model = uniform ? _random.Next(Models) : (key + (_random.Next(3) * 5)) % Models;
        var (status, error) = _random.Next(100) switch
        {
            < 2 => (429, "rate_limit_exceeded"),
            < 4 => (502, "upstream_error"),
            < 5 => (499, "client_closed_request"),
            _ => (200, null),
        };
        var isRefused = status == 429;
        var isAnswered = status is 200 or 499;
        var usage = isAnswered ? new TokenUsage { Input = _random.Next(6000), CacheRead = _random.Next(3000), Output = _random.Next(900), Reasoning = _random.Next(300) } : default;
        NanoUsd cost = isAnswered ? new NanoUsd(_random.NextInt64(50_000_000)) : default;
        var (provider, upstream) = ($"provider-{model % 4}", $"model-{model}");
        return new CallRecord
        {
            Id = Guid.CreateVersion7(new DateTimeOffset(at)),
            RequestId = $"req_{number:x12}{_random.NextInt64():x16}",
            CreatedAt = at,
            KeyId = _keys[key],
            KeyName = $"key-{key}",
            ProjectId = _projects[key % _projects.Length],
            ProjectName = $"project-{key % _projects.Length}",
            IsRefused = isRefused,
            Format = (ClientFormat)(key % 3),
            RequestedModel = $"alias-{model}",
            Stream = _random.Next(2) == 0,
            StatusCode = status,
            ErrorCode = error,
            Provider = isRefused ? null : provider,
            UpstreamModel = isRefused ? null : upstream,
            Usage = usage,
            UsageSource = isAnswered ? UsageSource.Provider : UsageSource.None,
            Cost = cost,
            LatencyMs = 100 + (Math.Exp(_random.NextDouble() * 4) * 100),
            FirstTokenMs = isAnswered ? 80 + (_random.NextDouble() * 600) : null,
            OverheadMs = isRefused ? 0 : 0.1 + _random.NextDouble(),
            Stages = isRefused ? null : new StageTimes(0.1, 0.1, 0.2),
            Client = $"client-{key % 7}",
            EndUser = _random.Next(5) == 0 ? $"user-{_random.Next(5000)}" : null,
            Tags = _random.Next(10) == 0 ? [$"tag-{_random.Next(20)}"] : null,
            TraceParent = _random.Next(10) == 0 ? $"00-{Guid.NewGuid():N}-b7ad6b7169203331-01" : null,
            Route = isRefused ? null : new RouteTrace { Route = $"alias-{model}", RoutingType = "load_balance", Strategy = "weighted" },
            Attempts = isRefused ? [] :
            [
                new AttemptRecord
                {
                    Id = Guid.NewGuid(),
                    Provider = provider,
                    UpstreamModel = upstream,
                    Reason = "first",
                    UpstreamStatus = isAnswered ? 200 : 500,
                    Usage = usage,
                    UsageSource = isAnswered ? UsageSource.Provider : UsageSource.None,
                    Cost = cost,
                    PriceRow = $"{provider}/{upstream}@2026-01",
                    DurationMs = 100,
                },
            ],
        };
    }
}
