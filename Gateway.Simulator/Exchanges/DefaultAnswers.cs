using System.Collections.Concurrent;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Protocols;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Sending;

namespace Gateway.Simulator.Exchanges;

/// <summary>
/// The unscripted answers. They are what benchmarks run against: framed once for each kind of request, then copied into the
/// response with the id and the counts filled in.
/// </summary>
internal sealed class DefaultAnswers
{
    /// <summary>Model names come from callers; more of them than this are framed anew.</summary>
    private const int MostTemplates = 1024;

    private readonly ConcurrentDictionary<Key, (FramedAnswer Framed, long OutputTokens)> templates = new();

    public async Task SendAsync(HttpContext context, IProtocol protocol, RequestFacts facts, long id, ReceivedRequest? entry)
    {
        var (framed, outputTokens) = Template(protocol, facts);
        var values = new SlotValues(id, facts.InputTokens, outputTokens);
        var response = context.Response;
        response.ContentType = framed.ContentType;
        response.Headers[protocol.RequestIdHeader] = RequestId.Text(id);
        entry?.Status = StatusCodes.Status200OK;

        if (!framed.IsStream)
        {
            response.ContentLength = framed.Events[0].LengthOf(values);
            entry?.CountSent((int)response.ContentLength);
            framed.Events[0].Write(response.BodyWriter, values);
            return;
        }

        foreach (var template in framed.Events)
        {
            var length = template.Write(response.BodyWriter, values);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            entry?.CountSent(length);
        }
    }

    private (FramedAnswer Framed, long OutputTokens) Template(IProtocol protocol, in RequestFacts facts)
    {
        var tokens = Math.Min(DefaultText.Tokens, facts.OutputCap ?? DefaultText.Tokens);
        var key = new Key(protocol, facts.Model ?? "", facts.Stream, facts.IncludeUsage, tokens);
        if (templates.TryGetValue(key, out var found))
        {
            return found;
        }

        var answer = GeneratedAnswer.From(Answer.Default, facts);
        var made = (protocol.Frame(answer), answer.OutputTokens);
        if (templates.Count < MostTemplates)
        {
            templates[key] = made;
        }

        return made;
    }

    private readonly record struct Key(IProtocol Protocol, string Model, bool Stream, bool IncludeUsage, int Tokens);
}
