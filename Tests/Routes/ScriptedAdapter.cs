using System.Collections.Concurrent;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers;

namespace Tests.Routes;

/// <summary>A provider without a network: what each target does is a list of failures, null among them being an answer; the last goes on for ever.</summary>
internal sealed class ScriptedAdapter : IProviderAdapter
{
    public const string TypeName = "scripted";
    public const string Body = """{"id":"1","object":"chat.completion","choices":[]}""";

    private readonly ConcurrentDictionary<string, (UpstreamFailure?[] Steps, int[] Given)> _scripts = new();
    private readonly ConcurrentQueue<string> _calls = new();

    public string Type => TypeName;

    /// <summary>Which targets were asked, in order; behind a <c>#</c> the credential, where there are several.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>What is done in the place of the scripts.</summary>
    public Func<ProviderCall, CancellationToken, Task<ProviderAnswer>>? Answer { get; set; }

    public bool IsRecording { get; set; } = true;

    public void Script(string target, params UpstreamFailure?[] steps) => _scripts[target] = (steps, [0]);

    public bool Serves(CallOperation operation) => true;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var target = $"{call.Target.Provider.Name}/{call.Target.Model}";
        var key = call.Target.Provider.Credential?.Reveal() is { } secret ? $"{target}#{secret}" : target;
        if (IsRecording)
        {
            _calls.Enqueue(key);
        }

        if (Answer is not null)
        {
            return await Answer(call, cancellationToken);
        }

        if (_scripts.TryGetValue(key, out var script)
            && script.Steps[Math.Min(Interlocked.Increment(ref script.Given[0]), script.Steps.Length) - 1] is { } failure)
        {
            throw new UpstreamException(failure);
        }

        return Whole();
    }

    public static WholeAnswer Whole() => new(System.Text.Encoding.UTF8.GetBytes(Body), 200, (new TokenUsage { Input = 10, Output = 5 }, UsageSource.Provider));
}

/// <summary>One piece, and then what breaks it off.</summary>
internal sealed class BrokenAnswer(UpstreamFailure failure) : ProviderAnswer
{
    private bool _isRead;

    public override string ContentType => "text/event-stream";

    public override bool IsComplete => false;

    public override (TokenUsage Usage, UsageSource Source) Usage => (new TokenUsage { Input = 10, Output = 1 }, UsageSource.Partial);

    public override UpstreamFailure? Failure => _isRead ? failure : null;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var piece = _isRead ? default : new ReadOnlyMemory<byte>("data: {}\n\n"u8.ToArray());
        _isRead = true;
        return new(piece);
    }
}
