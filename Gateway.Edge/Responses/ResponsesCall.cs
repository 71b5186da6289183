using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Responses;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Edge.Pipeline;
using Gateway.Llm.Json;
using Gateway.Llm.Responses;
using Gateway.Llm.ServerSentEvents;

namespace Gateway.Edge.Responses;

/// <summary>
/// One call of the Responses API. To a provider it is always a call without state: what it refers to is put into its input. The response that
/// comes back says what the client asked for, and is stored before the client learns that it is complete.
/// </summary>
internal sealed partial class ResponsesCall(
    ResponseHistory history, IResponseStore store, TimeProvider timeProvider, ILogger<ResponsesCall> logger) : ICallState
{
    private static readonly byte[] Null = "null"u8.ToArray();
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] False = "false"u8.ToArray();
    private static readonly byte[] Failed = "\"failed\""u8.ToArray();

    private readonly ArrayBufferWriter<byte> _held = new();
    private bool _isStream;
    private bool _isStored = true;
    private string? _previousId;
    private string? _conversationId;
    private ReadOnlyMemory<byte> _input;
    private int _searched;
    private long _events;
    private byte[] _queued = [];
    private byte[]? _begun;
    private byte[]? _ended;

    /// <summary>Where the answer goes instead of to a client who waits; null for a call whose client does.</summary>
    public BackgroundResponse? Background { get; set; }

    public async ValueTask<(ReadOnlyMemory<byte> Body, RequestFacts Facts)> CompleteAsync(
        string secret, ReadOnlyMemory<byte> body, RequestFacts facts, CancellationToken cancellationToken)
    {
        var members = JsonMembers.Read(body);
        _isStream = facts.Stream;
        _isStored = members.Boolean("store") ?? true;
        _previousId = members.Text("previous_response_id");
        _conversationId = ConversationId(members);
        Refuse(members);

        var input = members.Value("input");
        _input = InputItems.AsArray(input);
        var hasReferences = input.Span.IndexOf("\"item_reference\""u8) >= 0;
        if (_previousId is null && _conversationId is null && !hasReferences)
        {
            return Background is null ? (body, facts) : Streamed(members);
        }

        var tenant = await history.RequireTenantAsync(secret, cancellationToken);
        _input = hasReferences ? await history.ResolveAsync(tenant, _input, cancellationToken) : _input;
        var earlier = _previousId is not null ? await history.OfResponseAsync(tenant, _previousId, cancellationToken)
            : _conversationId is not null ? await history.OfConversationAsync(tenant, _conversationId, cancellationToken)
            : [];
        var completed = members.With(
            ("input", InputItems.Join([.. earlier, _input])), ("previous_response_id", Null), ("conversation", Null));
        return Background is not null ? Streamed(JsonMembers.Read(completed)) : (completed, FactsReader.Read(ResponsesFormat.Instance, completed));
    }

    /// <summary>A response in the background can be read from here on.</summary>
    public async ValueTask AdmittedAsync(KeyIdentity key, RequestFacts facts, ModelQuote quote, CancellationToken cancellationToken)
    {
        if (Background is not null)
        {
            if (!quote.IsKnown)
            {
                // The router would say so, when nobody listens any more.
                throw new GatewayErrorException(GatewayError.ModelNotFound(JsonStrings.Shorten(facts.Model)));
            }

            _begun = Adapt(JsonMembers.Read(_queued), isStored: true);
            await Background.BeginAsync(ToStored(Background.Id, _begun, key), cancellationToken);
        }
    }

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> piece)
    {
        output = Background?.Output ?? output;
        if (!_isStream)
        {
            _held.Write(piece);
            return;
        }

        var isHeld = _held.WrittenCount > 0;
        if (isHeld)
        {
            _held.Write(piece);
            piece = _held.WrittenSpan;
        }

        while (SseBoundary.FindEnd(piece, _searched) is > 0 and var length)
        {
            WriteEvent(output, piece[..length]);
            piece = piece[length..];
            _searched = 0;
        }

        _searched = piece.Length;
        var rest = isHeld ? piece.ToArray() : piece;
        _held.ResetWrittenCount();
        _held.Write(rest);
        Background?.Flush();
    }

    public async ValueTask<int> EndAsync(IBufferWriter<byte> output, KeyIdentity key, CancellationToken cancellationToken)
    {
        if (!_isStream)
        {
            var body = await FinishAsync(_held.WrittenMemory, key, cancellationToken);
            output.Write(body);
            return body.Length;
        }

        if (_ended is null)
        {
            return 0;
        }

        var scan = ResponsesEventScan.Read(_ended);
        var (start, length) = scan.Response;
        var response = await FinishAsync(_ended.AsMemory(start, length), key, cancellationToken);
        var written = WriteEvent(Background?.Output ?? output, _ended, scan, response);
        Background?.Flush();
        return written;
    }

    public async ValueTask FailAsync(IBufferWriter<byte> output, GatewayError error, KeyIdentity key, CancellationToken cancellationToken)
    {
        if (_begun is null)
        {
            ResponsesErrorEvent.Write(output, error, _events);
            return;
        }

        if (Background is null)
        {
            // SDKs raise at this one; the response behind it is the record of what there is.
            ResponsesErrorEvent.Write(output, error, _events++);
        }

        var failed = JsonMembers.Read(_begun).With(("status", Failed), ("error", ResponsesErrorEvent.ErrorOf(error)));
        failed = await FinishAsync(failed, key, cancellationToken);
        ResponsesErrorEvent.WriteFailed(Background?.Output ?? output, failed, _events);
        Background?.Flush();
    }

    /// <summary>To a provider a response in the background is a stream: one that is cancelled is billed for what it has put out.</summary>
    private (ReadOnlyMemory<byte> Body, RequestFacts Facts) Streamed(JsonMembers members)
    {
        _isStream = true;
        var body = members.With(("stream", True), ("background", Null));
        var facts = FactsReader.Read(ResponsesFormat.Instance, body);
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        _queued = QueuedResponse.Write(facts.Model, document.RootElement, timeProvider.GetUtcNow());
        return (body, facts);
    }

    private void Refuse(JsonMembers members)
    {
        if (!members.Value("previous_response_id").IsEmpty && !members.Value("conversation").IsEmpty)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "mutually_exclusive_parameters", "'previous_response_id' and 'conversation' exclude each other.", "previous_response_id"));
        }

        if (Background is not null && !_isStored)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(
                "invalid_value", "A response in the background is stored: 'store' must not be false.", "store"));
        }
    }

    private static string? ConversationId(JsonMembers members)
    {
        var value = members.Value("conversation");
        return value.IsEmpty || value.Span[0] != (byte)'{' ? members.Text("conversation") : JsonMembers.Read(value).Text("id");
    }

    private void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> frame)
    {
        var data = SseEvent.Data(frame);
        if (data.IsEmpty)
        {
            output.Write(frame);
            return;
        }

        _events++;
        if (data.IndexOf("\"response\""u8) < 0)
        {
            output.Write(frame);
            return;
        }

        var scan = ResponsesEventScan.Read(data);
        switch (scan.Kind)
        {
            case ResponsesEventKind.Begun when scan.Response.Length > 0:
                var json = OnOneLine(data);
                _begun = Adapt(JsonMembers.Read(json.AsMemory(scan.Response.Start, scan.Response.Length)), _isStored);
                WriteEvent(output, json, scan, _begun);
                break;
            case ResponsesEventKind.Ended or ResponsesEventKind.Failed when scan.Response.Length > 0:
                _ended = OnOneLine(data);
                break;
            default:
                output.Write(frame);
                break;
        }
    }

    /// <summary>Data that came on several lines has line breaks between its tokens, and nowhere else.</summary>
    private static byte[] OnOneLine(ReadOnlySpan<byte> data)
    {
        var json = data.ToArray();
        json.AsSpan().Replace((byte)'\n', (byte)' ');
        return json;
    }

    private static int WriteEvent(IBufferWriter<byte> output, byte[] json, ResponsesEventScan scan, byte[] response)
    {
        var type = JsonMembers.Read(json).Text("type") ?? "";
        var head = System.Text.Encoding.UTF8.GetBytes($"event: {type}\ndata: ");
        var (start, length) = scan.Response;
        output.Write(head);
        output.Write(json.AsSpan(0, start));
        output.Write(response);
        output.Write(json.AsSpan(start + length));
        output.Write("\n\n"u8);
        return head.Length + start + response.Length + json.Length - start - length + 2;
    }

    /// <summary>What the client has asked for, where the provider was asked for something else.</summary>
    private byte[] Adapt(JsonMembers members, bool isStored)
    {
        ReadOnlyMemory<byte> previous = _previousId is null ? Null : JsonSerializer.SerializeToUtf8Bytes(_previousId);
        ReadOnlyMemory<byte> stored = isStored ? True : False;
        List<(string Name, ReadOnlyMemory<byte> Value)> changes = [("store", stored), ("previous_response_id", previous)];
        if (_conversationId is not null)
        {
            changes.Add(("conversation", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["id"] = _conversationId })));
        }

        if (Background is not null)
        {
            changes.AddRange(("id", JsonSerializer.SerializeToUtf8Bytes(Background.Id)), ("background", True));
        }

        return members.With([.. changes]);
    }

    /// <summary>An answer that cannot be stored is still the client's, who can see that it is not.</summary>
    private async ValueTask<byte[]> FinishAsync(ReadOnlyMemory<byte> response, KeyIdentity key, CancellationToken cancellationToken)
    {
        var members = JsonMembers.Read(response);
        if (!_isStored || members.Text("id") is not { Length: > 0 } id)
        {
            return Adapt(members, isStored: false);
        }

        var adapted = Adapt(members, isStored: true);
        if (Background is not null)
        {
            return adapted;
        }

        try
        {
            await store.SaveAsync(ToStored(id, adapted, key), cancellationToken);
            return adapted;
        }
        catch (Exception exception) when (exception is GatewayErrorException or System.Data.Common.DbException)
        {
            LogNotStored(exception, id);
            return Adapt(members, isStored: false);
        }
    }

    private StoredResponse ToStored(string id, byte[] response, KeyIdentity key) => new()
    {
        Tenant = Tenants.Of(key),
        Id = id,
        PreviousId = _previousId,
        ConversationId = _conversationId,
        CreatedAt = timeProvider.GetUtcNow().UtcDateTime,
        Response = response,
        Input = _input.ToArray(),
    };

    [LoggerMessage(LogLevel.Warning, "Response {Id} could not be stored.")]
    private partial void LogNotStored(Exception exception, string id);
}
