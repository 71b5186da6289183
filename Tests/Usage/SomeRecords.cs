using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace Tests.Usage;

/// <summary>Records of calls as they may come: answered, failed, refused, given up, without a price, chosen by the gateway, with tags and without.</summary>
internal sealed class SomeRecords(int seed)
{
    public static readonly DateTime Begin = new(2026, 8, 1, 21, 30, 45, DateTimeKind.Utc);

    private static readonly string?[] Tiers = [null, null, "flex", "priority"];
    private static readonly string[] Tags = ["team-a", "team-b", "nightly"];

    private readonly Random _random = new(seed);
    private readonly Guid[] _keys = [.. Enumerable.Range(0, 5).Select(_ => Guid.NewGuid())];
    private readonly Guid[] _projects = [.. Enumerable.Range(0, 2).Select(_ => Guid.NewGuid())];

    /// <summary>An ordinary call.</summary>
    public static CallRecord One(DateTime? at = null) => new()
    {
        Id = Guid.CreateVersion7(),
        RequestId = $"req_{Guid.NewGuid():N}",
        CreatedAt = at ?? Begin,
        RequestedModel = "model",
        StatusCode = 200,
    };

    public List<CallRecord> Make(int count, TimeSpan? span = null)
        => [.. Enumerable.Range(0, count).Select(_ => Next(Begin + (_random.NextDouble() * (span ?? TimeSpan.FromDays(3)))))];

    private CallRecord Next(DateTime at)
    {
        var key = _random.Next(_keys.Length);
        var model = _random.Next(4);
        var (status, error) = _random.Next(10) switch
        {
            0 => (502, "upstream_error"),
            1 => (499, "client_closed_request"),
            2 => (429, "rate_limit_exceeded"),
            _ => (200, null),
        };
        var isRefused = status == 429;
        var usage = isRefused || status == 502 ? default : new TokenUsage
        {
            Input = _random.Next(5000),
            CacheRead = _random.Next(2) * _random.Next(3000),
            CacheWrite5Minutes = _random.Next(2) * _random.Next(300),
            Output = _random.Next(900),
            Reasoning = _random.Next(2) * _random.Next(900),
        };
        NanoUsd? cost = isRefused || status == 502 ? NanoUsd.Zero : _random.Next(8) == 0 ? null : new NanoUsd(_random.NextInt64(9_999_999));
        var tier = Tiers[_random.Next(Tiers.Length)];
        var automatic = _random.Next(4) == 0 ? new AutomaticTrace("nvidia_classifier", $"m{model}", _random.NextDouble() * 20, "simple", 0.1m, "Chatbot") : null;
        return new CallRecord
        {
            Id = Guid.CreateVersion7(),
            RequestId = $"req_{Guid.NewGuid():N}",
            CreatedAt = at,
            KeyId = _keys[key],
            KeyName = $"key {key}",
            ProjectId = key < 4 ? _projects[key % 2] : null,
            ProjectName = key < 4 ? $"project {key % 2}" : null,
            IsRefused = isRefused,
            Format = (ClientFormat)_random.Next(3),
            RequestedModel = automatic is null ? $"alias{model}" : "auto",
            Stream = _random.Next(2) == 0,
            StatusCode = status,
            ErrorCode = error,
            Provider = isRefused ? null : $"p{model % 2}",
            UpstreamModel = isRefused ? null : $"m{model}",
            Usage = usage,
            UsageSource = isRefused ? UsageSource.None : _random.Next(5) == 0 ? UsageSource.Estimated : UsageSource.Provider,
            Cost = cost,
            LatencyMs = Math.Exp(_random.NextDouble() * 9),
            FirstTokenMs = status == 200 ? 50 + (_random.NextDouble() * 500) : null,
            OverheadMs = isRefused ? 0 : _random.NextDouble(),
            Stages = isRefused ? null : new StageTimes(0.1, 0.2, 0.3),
            Client = _random.Next(2) == 0 ? "openai-python" : "curl",
            EndUser = _random.Next(4) == 0 ? $"user-{_random.Next(3)}" : null,
            Tags = _random.Next(3) == 0 ? [.. Tags.Where(_ => _random.Next(2) == 0)] : null,
            Route = isRefused ? null : new RouteTrace
            {
                Route = $"alias{model}",
                RoutingType = automatic is null ? "simple" : "auto",
                Automatic = automatic,
                Fallbacks = _random.Next(10) == 0 ? ["m9"] : null,
            },
            Attempts = isRefused ? [] : [.. Enumerable.Range(0, 1 + (_random.Next(8) / 7)).Select(_ => Attempt($"p{model % 2}", $"m{model}", usage, cost, tier))],
        };
    }

    private static AttemptRecord Attempt(string provider, string model, TokenUsage usage, NanoUsd? cost, string? tier) => new()
    {
        Id = Guid.NewGuid(),
        Provider = provider,
        UpstreamModel = model,
        UpstreamStatus = 200,
        Usage = usage,
        UsageSource = UsageSource.Provider,
        Cost = cost,
        CacheSavings = usage.CacheRead > 0 ? new NanoUsd(usage.CacheRead * 3) : null,
        PriceRow = $"{provider}/{model}@1",
        ServiceTier = tier,
    };
}
