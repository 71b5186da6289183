using System.Buffers;
using System.IO.Pipelines;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Protocols;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Sending;

namespace Gateway.Simulator.Exchanges;

/// <summary>Answers the calls of a model, in any protocol: reads the request, finds its answer, sends it.</summary>
internal sealed class ModelExchange(
    ScriptBook scripts, RequestLedger ledger, AnswerResolver resolver, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const string FixturePrefix = "fixture:";

    private readonly DefaultAnswers defaults = new();
    private readonly KestrelSender kestrel = new(time);
    private readonly SocketSender socket = new(time);
    private long answered;

    public async Task HandleAsync(HttpContext context, IProtocol protocol)
    {
        var entry = context.Features.Get<ReceivedRequest>();
        var (facts, ruled) = await ReadAsync(context, protocol, entry);
        var id = Interlocked.Increment(ref answered);
        var credential = scripts.IsEmpty ? null : entry?.Credential ?? CallerCredential.Of(context.Request);
        var script = ruled is null ? scripts.Next(credential, facts.Model) ?? Named(facts.Model)
            // A count takes no turn of a script for answers.
            : ruled.Status == StatusCodes.Status200OK ? scripts.NextOf(OperationOf(context.Request)) ?? Named(facts.Model) ?? ruled
            : ruled;

        if (facts.Refusal is { } refusal)
        {
            script = new Answer { Status = refusal.Status, ErrorMessage = refusal.Message, ErrorCode = refusal.Code };
        }
        else if (script is null && scripts.RequireScripts)
        {
            entry?.IsUnexpected = true;
            script = new Answer
            {
                Status = StatusCodes.Status501NotImplemented,
                ErrorMessage = $"No script is set for this credential or for model '{facts.Model}'.",
            };
        }
        else if (script is null && (!facts.IsJson || facts.Model is null))
        {
            script = new Answer
            {
                Status = StatusCodes.Status400BadRequest,
                ErrorMessage = facts.IsJson ? "you must provide a model parameter" : "We could not parse the JSON body of your request.",
            };
        }

        if (script is null)
        {
            await defaults.SendAsync(context, protocol, facts, id, entry);
        }
        else
        {
            var played = script.Fault is { } fault ? FaultCatalog.Get(fault) : script;
            await SendAsync(context, resolver.Resolve(played.OnReusedConnection && IsFirst(context) ? Answer.Default : script, protocol, facts, id), entry);
        }
    }

    /// <summary>Kestrel numbers the requests of a connection.</summary>
    private static bool IsFirst(HttpContext context) => context.TraceIdentifier.EndsWith(":00000001", StringComparison.Ordinal);

    private async Task SendAsync(HttpContext context, ResolvedAnswer answer, ReceivedRequest? entry)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        entry?.Status = answer.Script.Wire is null && !answer.Script.EndBeforeHeaders ? answer.Status : null;
        await (answer.NeedsSocket
            ? socket.SendAsync(context, answer, entry, ended.Token)
            : kestrel.SendAsync(context, answer, entry, ended.Token));
    }

    /// <summary>Models that name their answer: <c>fixture:openai-chat/...</c> and <c>fault-u09</c>.</summary>
    private static Answer? Named(string? model)
        => model is null ? null
            : model.StartsWith(FixturePrefix, StringComparison.Ordinal) ? new Answer { Fixture = model[FixturePrefix.Length..] }
            : FaultCatalog.ForModel(model);

    private static string OperationOf(HttpRequest request) => request.Path.Value![(request.Path.Value!.LastIndexOf('/') + 1)..];

    private static bool IsAnsweredEarly(HttpRequest request, in ReadOnlySequence<byte> beginning)
        => request.Path.Value!.Contains(FaultCatalog.ModelPrefix + FaultCatalog.EarlyAnswer, StringComparison.Ordinal)
            || beginning.FirstSpan.IndexOf("fault-u61"u8) >= 0;

    private async ValueTask<(RequestFacts Facts, Answer? Ruled)> ReadAsync(HttpContext context, IProtocol protocol, ReceivedRequest? entry)
    {
        var reader = context.Request.BodyReader;
        ReadResult result;
        while (!(result = await reader.ReadAsync(context.RequestAborted)).IsCompleted && !IsAnsweredEarly(context.Request, result.Buffer))
        {
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        var facts = protocol.Read(context.Request, result.Buffer);
        if (!result.IsCompleted)
        {
            // The rest of the body is left where it is.
            facts = facts with { IsJson = true, Refusal = null, Model = FaultCatalog.ModelPrefix + FaultCatalog.EarlyAnswer };
        }

        var ruled = !result.IsCompleted ? null : protocol.Override(context.Request, result.Buffer, facts);
        if (entry is not null)
        {
            entry.Body = result.Buffer.ToArray();
            entry.Protocol = protocol.Name;
            entry.Spec = protocol.SpecOf(entry.Path);
            entry.Model = facts.Model;
            entry.IsStream = facts.Stream;
            ledger.BodyWasRead(entry);
        }

        reader.AdvanceTo(result.Buffer.End);
        return (facts, ruled);
    }
}
