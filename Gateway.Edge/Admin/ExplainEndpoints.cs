using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.Messages;
using Gateway.Llm.Responses;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace Gateway.Edge.Admin;

/// <summary><c>POST /admin/explain</c>: what would become of a request, with nobody called and nothing taken.</summary>
internal static class ExplainEndpoints
{
    private const int MaxSecretLength = 256;
    private const int MaxTags = 20;

    private static readonly Dictionary<string, ClientFormat> Formats = new(StringComparer.Ordinal)
    {
        ["chat"] = ClientFormat.Chat,
        ["responses"] = ClientFormat.Responses,
        ["messages"] = ClientFormat.Messages,
    };

    public static void MapExplain(this IEndpointRouteBuilder routes) => routes.MapPost("/admin/explain", ExplainAsync).WithTags("Explain").WithAccess(Access.AdminRead).WithSummary("What would become of a request")
        .WithBody(fields => Read(fields), """{"format": "chat", "request": {"model": "echo", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]}}""")
        .WithoutAudit("It asks, and nothing is changed by the answer.");

    private static async Task<Results<Ok<Explanation>, ProblemHttpResult>> ExplainAsync(
        HttpRequest request, IModelRouter router, IKeyLedger ledger, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var (format, json, secret, keyId, tags, isStrict) = Read(fields);
        var facts = fields.Problem() is null ? Scan(fields, format, ref json) : null;
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        var body = System.Text.Encoding.UTF8.GetBytes(json.GetRawText());
        var quote = await router.QuoteAsync(facts!.Model, facts.ServiceTier, cancellationToken);
        var tokens = Gateway.Llm.Tokens.TokenEstimate.ForChat(body, quote.UpstreamModel ?? facts.Model);
        var output = facts.MaxOutputTokens * facts.Choices;
        var query = new RouteQuery(
            new DispatchRequest
            {
                CallId = Guid.CreateVersion7(),
                Format = format,
                Facts = facts,
                KeyId = keyId ?? Guid.Empty,
                BodyLength = body.Length,
                IsStrict = isStrict,
                Tags = tags,
            },
            body);
        var trial = new AdmissionRequest(query.Request.CallId, secret ?? "", facts.Model, format)
        {
            InputTokens = tokens,
            OutputTokens = output,
            Choices = facts.Choices,
            Quote = quote,
        };
        var forecast = secret is null && keyId is null ? null : await ledger.ForecastAsync(new AdmissionTrial(trial, keyId), cancellationToken);
        var route = await router.ExplainAsync(query, cancellationToken);
        return TypedResults.Ok(Explanation.From(facts, tokens, quote, forecast, route));
    }

    private static (ClientFormat Format, JsonElement Request, string? Secret, Guid? KeyId, IReadOnlyList<string>? Tags, bool IsStrict) Read(FieldReader fields)
    {
        var (format, json, secret, keyId, tags, isStrict) = (ClientFormat.Chat, default(JsonElement), default(string), default(Guid?), default(IReadOnlyList<string>), false);
        fields.Require("request");
        fields.Raw("request", value => json = value);
        fields.Choice("format", Formats, choice => format = choice ?? ClientFormat.Chat);
        fields.Text("key", MaxSecretLength, text => secret = text);
        fields.Id("key_id", id => keyId = id);
        fields.Texts("tags", MaxTags, tag => tag.Length > 0, "tags", list => tags = list);
        fields.Flag("strict", flag => isStrict = flag);
        return (format, json, secret, keyId, tags, isStrict);
    }

    private static RequestFacts? Scan(FieldReader fields, ClientFormat format, ref JsonElement json)
    {
        try
        {
            var body = System.Text.Encoding.UTF8.GetBytes(json.GetRawText());
            var facts = Read(format, body);
            if (facts.Model.Length > 0)
            {
                return facts;
            }

            body = AutomaticModel.Insert(body, facts);
            json = JsonElement.Parse(body);
            return Read(format, body) with { IsModelUnnamed = true };
        }
        catch (GatewayErrorException exception)
        {
            fields.Fault(exception.Error.Param is { } param ? $"request.{param}" : "request", exception.Error.Message);
            return null;
        }
    }

    private static RequestFacts Read(ClientFormat format, ReadOnlyMemory<byte> body) => format switch
    {
        ClientFormat.Messages => FactsReader.Read(MessagesFormat.Instance, body),
        ClientFormat.Responses => FactsReader.Read(ResponsesFormat.Instance, body),
        _ => FactsReader.Read(ChatFormat.Instance, body),
    };
}
