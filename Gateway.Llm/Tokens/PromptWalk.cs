using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Llm.Tokens;

/// <summary>
/// One pass over a request's JSON. Which strings are prompt text is told by their names, which the formats share to a great extent; a string
/// of an unknown name is not counted, for it may as well be a signature or a file.
/// </summary>
internal ref struct PromptWalk(ReadOnlySpan<byte> body, TokenProfile profile)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly TokenCounter _counter = profile.Counter;
    private Utf8JsonReader _reader = new(body, JsonLimits.ReaderOptions);
    private bool _inDocument;

    public PromptCounts Counts;

    public void Run()
    {
        _reader.Read();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = PromptNames.PartOf(in _reader);
            _reader.Read();
            switch (part)
            {
                case PromptPart.Conversation:
                    Conversation();
                    break;
                case PromptPart.System:
                    Counts.Messages += IsEmpty() ? 0 : 1;
                    Content();
                    break;
                case PromptPart.Tools:
                    Tools();
                    break;
                case PromptPart.Output:
                    Output();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }
    }

    private void Conversation()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Counts.Messages++;
            Content();
            return;
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            Counts.Messages++;
            Content();
        }
    }

    /// <summary>Counts what is prompt text in a value: a string, or what its names tell.</summary>
    private void Content()
    {
        if (_reader.TokenType == JsonTokenType.String)
        {
            Counts.Text += CountString();
            return;
        }

        var depth = _reader.CurrentDepth;
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        while (_reader.Read() && _reader.CurrentDepth > depth)
        {
            if (_reader.TokenType == JsonTokenType.PropertyName)
            {
                var role = PromptNames.RoleOf(in _reader);
                _reader.Read();
                Property(role);
            }
            else if (_reader.TokenType == JsonTokenType.String)
            {
                Counts.Text += CountString();
            }
        }
    }

    private void Property(PromptRole role)
    {
        switch (role)
        {
            case PromptRole.Type when _reader.TokenType == JsonTokenType.String:
                Counts.ToolCalls += _reader.ValueTextEquals("tool_use"u8) || _reader.ValueTextEquals("function_call"u8) ? 1 : 0;
                Counts.ToolResults += _reader.ValueTextEquals("tool_result"u8) ? 1 : 0;
                _inDocument = _reader.ValueTextEquals("document"u8);
                break;
            case PromptRole.Text when _reader.TokenType == JsonTokenType.String:
                Counts.Text += CountString();
                break;
            case PromptRole.Call:
                Counts.ToolCalls++;
                break;
            case PromptRole.Result:
                Counts.ToolResults++;
                break;
            case PromptRole.Json when _reader.TokenType != JsonTokenType.String:
                Counts.Text += CountJson();
                break;
            case PromptRole.Json:
                Counts.Text += CountString();
                break;
            case PromptRole.Image:
                Media(_inDocument ? MediaKind.Document : MediaKind.Image);
                break;
            case PromptRole.Document:
                Media(MediaKind.Document);
                break;
            case PromptRole.Audio:
                Media(MediaKind.Audio);
                break;
            case PromptRole.Video:
                Media(MediaKind.Video);
                break;
            case PromptRole.Role when _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals("user"u8):
                Counts.HiddenReasoning = 0;
                break;
            case PromptRole.Reasoning when _reader.TokenType == JsonTokenType.String:
                Counts.HiddenReasoning += ReasoningTokens(_reader.ValueSpan.Length);
                break;
            case PromptRole.Opaque:
                _reader.Skip();
                break;
            default:
                break; // A container is walked into, another value says nothing.
        }
    }

    /// <summary>An image, a file, a sound: what it is and, of an image, how large.</summary>
    private void Media(MediaKind kind)
    {
        _inDocument = false;
        var data = ReadOnlySpan<byte>.Empty;
        var lowDetail = false;
        var depth = _reader.CurrentDepth;
        if (_reader.TokenType == JsonTokenType.String)
        {
            data = MediaData(ref kind);
        }
        else if (_reader.TokenType == JsonTokenType.StartObject)
        {
            while (_reader.Read() && _reader.CurrentDepth > depth)
            {
                if (_reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var property = PromptNames.MediaPropertyOf(in _reader);
                _reader.Read();
                if (_reader.TokenType != JsonTokenType.String)
                {
                    continue;
                }

                switch (property)
                {
                    case MediaProperty.Type:
                        kind = PromptNames.KindOf(_reader.ValueSpan, kind);
                        break;
                    case MediaProperty.Detail:
                        lowDetail = _reader.ValueTextEquals("low"u8);
                        break;
                    case MediaProperty.Data:
                        data = MediaData(ref kind);
                        break;
                    case MediaProperty.Text:
                        data = _reader.ValueSpan;
                        kind = MediaKind.Text;
                        break;
                    default:
                        break;
                }
            }
        }

        if (kind == MediaKind.Text)
        {
            Counts.Text += _counter.Count(data);
            return;
        }

        Counts.Media += profile.MediaTokens(kind, data, lowDetail);
    }

    /// <summary>The base64 of a value, after the head of a data URL if it is one; nothing for an address.</summary>
    private readonly ReadOnlySpan<byte> MediaData(scoped ref MediaKind kind)
    {
        var value = _reader.ValueSpan;
        if (value.StartsWith("data:"u8))
        {
            var comma = value.IndexOf((byte)',');
            kind = PromptNames.KindOf(value[5..Math.Max(comma, 5)], kind);
            return value[(comma + 1)..];
        }

        return value.StartsWith("http"u8) || value.StartsWith("gs:"u8) ? default : value;
    }

    /// <summary>OpenAI's encrypted reasoning costs about a token for 6.4 characters of base64, behind a head of 700 (measured).</summary>
    private static long ReasoningTokens(int characters) => (long)(Math.Max(0, characters - 700) / 6.4);

    /// <summary>Tools of any format: their names, descriptions, properties and listed values.</summary>
    private void Tools()
    {
        var depth = _reader.CurrentDepth;
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        // One bit for each depth at which the names are those of a schema's properties; bodies nest at most 64 deep.
        UInt128 properties = 0;
        while (_reader.Read() && _reader.CurrentDepth > depth)
        {
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                properties &= ~(UInt128.One << (_reader.CurrentDepth + 1));
            }

            if (_reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if ((properties & (UInt128.One << _reader.CurrentDepth)) != 0)
            {
                Counts.ToolProperties++;
                Counts.ToolText += CountString();
                continue;
            }

            var property = PromptNames.SchemaPropertyOf(in _reader);
            _reader.Read();
            switch (property)
            {
                case SchemaProperty.Properties when _reader.TokenType == JsonTokenType.StartObject:
                    properties |= UInt128.One << (_reader.CurrentDepth + 1);
                    break;
                case SchemaProperty.Name when _reader.TokenType == JsonTokenType.String:
                    Counts.Tools++;
                    Counts.ToolText += CountString();
                    break;
                case SchemaProperty.ToolChoice:
                    _reader.Skip();
                    break;
                case SchemaProperty.Description when _reader.TokenType == JsonTokenType.String:
                    Counts.ToolText += CountString();
                    break;
                case SchemaProperty.Enum when _reader.TokenType == JsonTokenType.StartArray:
                    while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                    {
                        Counts.ToolProperties++;
                        Counts.ToolText += _reader.TokenType == JsonTokenType.String ? CountString() : 1;
                        _reader.Skip();
                    }

                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The schema that the answer has to follow, wherever its format keeps it, with its name and description.</summary>
    private void Output()
    {
        var depth = _reader.CurrentDepth;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (_reader.Read() && _reader.CurrentDepth > depth)
        {
            if (_reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSchema = PromptNames.IsOutputSchema(in _reader);
                _reader.Read();
                if (isSchema)
                {
                    Counts.OutputSchema += CountJson();
                }
            }
        }
    }

    /// <summary>The tokens of a string, or a name, as the model sees it: without JSON's escapes.</summary>
    private readonly int CountString()
    {
        if (!_reader.ValueIsEscaped)
        {
            return _counter.Count(_reader.ValueSpan);
        }

        var rented = ArrayPool<byte>.Shared.Rent(_reader.ValueSpan.Length);
        try
        {
            return _counter.Count(rented.AsSpan(0, _reader.CopyString(rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The tokens of a value as it is spelled in the request, which the reader is moved behind.</summary>
    private int CountJson()
    {
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return _counter.Count(_body[start..(int)_reader.BytesConsumed]);
    }

    private readonly bool IsEmpty() => _reader.TokenType == JsonTokenType.Null
        || (_reader.TokenType == JsonTokenType.String && _reader.ValueSpan.IsEmpty);
}
