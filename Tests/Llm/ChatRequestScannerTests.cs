using System.Text;
using System.Text.Json;
using Gateway.Llm;
using Gateway.Llm.ChatCompletions;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Llm;

public sealed class ChatRequestScannerTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public void Scan_WhenOfARecordedRequest_FindsWhatAParserFinds(string file)
    {
        if (FixtureLibrary.Load(file).Request.Body is not { } body)
        {
            return;
        }

        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;

        var scan = ChatRequestScanner.Scan(body.Span);

        scan.Model.ShouldBe(root.GetProperty("model").GetString());
        JsonSerializer.Deserialize<string>(Slice(body, scan.ModelValue)).ShouldBe(scan.Model);
        scan.Stream.ShouldBe(root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True);
        scan.MaxOutputTokens.ShouldBe(Number(root, "max_completion_tokens") ?? Number(root, "max_tokens"));
        scan.Choices.ShouldBe((int)(Number(root, "n") ?? 1));
        scan.EndUser.ShouldBe(root.TryGetProperty("user", out var user) ? user.GetString() : null);
        scan.HasStreamOptions.ShouldBe(root.TryGetProperty("stream_options", out var options) && options.ValueKind != JsonValueKind.Null);
        if (scan.HasStreamOptions)
        {
            Encoding.UTF8.GetString(Slice(body, scan.StreamOptionsValue)).ShouldBe(options.GetRawText());
            var hasIncludeUsage = options.TryGetProperty("include_usage", out var include);
            scan.IncludeUsage.ShouldBe(hasIncludeUsage && include.ValueKind == JsonValueKind.True);
            Encoding.UTF8.GetString(Slice(body, scan.IncludeUsageValue)).ShouldBe(hasIncludeUsage ? include.GetRawText() : "");
        }

        scan.TextBytes.ShouldBe(TextOf(root));
    }

    [Fact]
    public void Scan_WhenNothingButTheMinimumIsThere_GivesTheDefaults()
    {
        var scan = Scan($"{{\"model\":\"m\",{Messages}}}");

        scan.Model.ShouldBe("m");
        scan.ModelValue.ShouldBe((9, 3));
        scan.Stream.ShouldBeFalse();
        scan.IncludeUsage.ShouldBeFalse();
        scan.MaxOutputTokens.ShouldBeNull();
        scan.Choices.ShouldBe(1);
        scan.EndUser.ShouldBeNull();
        scan.StreamOptionsValue.Length.ShouldBe(0);
        scan.TextBytes.ShouldBe("role".Length + "user".Length + "content".Length + "hello".Length);
    }

    [Theory]
    [InlineData("\"model\":5", "model")]
    [InlineData("\"model\":{\"a\":1}", "model")]
    [InlineData("\"model\":[[1]]", "model")]
    [InlineData("\"stream\":\"yes\"", "stream")]
    [InlineData("\"stream\":1", "stream")]
    [InlineData("\"stream\":{}", "stream")]
    [InlineData("\"stream_options\":[]", "stream_options")]
    [InlineData("\"stream_options\":true", "stream_options")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options")]
    [InlineData("\"stream\":false,\"stream_options\":{}", "stream_options")]
    [InlineData("\"user\":7", "user")]
    [InlineData("\"user\":{}", "user")]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":-1", "n")]
    [InlineData("\"n\":1.5", "n")]
    [InlineData("\"n\":\"2\"", "n")]
    [InlineData("\"n\":[1]", "n")]
    public void Scan_WhenAFieldIsOfAWrongType_NamesIt(string field, string param)
        => Refused($"{{{field},{Messages}}}").Param.ShouldBe(param);

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public void Scan_WhenACapIsNoCount_NamesIt(string name)
    {
        foreach (var value in new[] { "-1", "0", "1.5", "1e400", "2147483648", "9223372036854775808", "\"100\"", "true", "[]", "{}", "-0" })
        {
            Refused($"{{\"{name}\":{value},{Messages}}}").Param.ShouldBe(name, value);
        }
    }

    [Theory]
    [InlineData("\"max_tokens\":5", 5L)]
    [InlineData("\"max_tokens\":null", null)]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":7", 7L)]
    [InlineData("\"max_completion_tokens\":7,\"max_tokens\":5", 7L)]
    [InlineData("\"max_completion_tokens\":null,\"max_tokens\":5", 5L)]
    [InlineData("\"max_tokens\":2147483647", 2147483647L)]
    public void Scan_WhenACapIsSent_TakesTheNewerName(string fields, long? expected)
        => Scan($"{{{fields},{Messages}}}").MaxOutputTokens.ShouldBe(expected);

    [Theory]
    [InlineData("\"model\":\"a\",\"model\":\"b\"")]
    [InlineData("\"model\":\"a\",\"mod\\u0065l\":\"b\"")]
    [InlineData("\"\\u006dodel\":\"a\",\"model\":\"b\"")]
    [InlineData("\"unknown\":1,\"unknown\":2")]
    [InlineData("\"messages\":[]")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true,\"include\\u005fusage\":false}")]
    public void Scan_WhenANameStandsTwice_IsRefusedHoweverItIsSpelled(string fields)
        => Refused($"{{{fields},{Messages}}}").Code.ShouldBe("duplicate_key");

    [Fact]
    public void Scan_WhenManyNamesAreThere_StillFindsTheOneThatStandsTwice()
    {
        var names = Enumerable.Range(0, 500).Select(i => $"\"name{i}\":{i}").ToList();

        Scan($"{{{string.Join(',', names)},{Messages}}}").Model.ShouldBe("");
        Refused($"{{{string.Join(',', names)},\"name499\":1,{Messages}}}").Code.ShouldBe("duplicate_key");
        Refused($"{{{string.Join(',', names)},\"name0\":1,{Messages}}}").Code.ShouldBe("duplicate_key");
    }

    [Fact]
    public void Scan_WhenTheNameIsEscaped_ReadsTheField()
    {
        var body = $"{{\"mod\\u0065l\":\"m\\u00e8\",\"str\\u0065am\":true,{Messages}}}";

        var scan = Scan(body);

        scan.Model.ShouldBe("mè");
        scan.Stream.ShouldBeTrue();
        body.Substring(scan.ModelValue.Start, scan.ModelValue.Length).ShouldBe("\"m\\u00e8\"");
    }

    [Fact]
    public void Scan_WhenTheCaseDiffers_IsAnotherField()
    {
        var scan = Scan($"{{\"MODEL\":\"dear\",\"model\":\"cheap\",\"Stream\":true,\"Max_Tokens\":\"x\",{Messages}}}");

        scan.Model.ShouldBe("cheap");
        scan.Stream.ShouldBeFalse();
        scan.MaxOutputTokens.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"model\":\"\\ud800\"")]
    [InlineData("\"model\":\"\\udc00\"")]
    [InlineData("\"model\":\"\\ud800x\"")]
    [InlineData("\"model\":\"\\udc00\\ud800\"")]
    [InlineData("\"model\":\"\\ud800\\ud800\\udc00\"")]
    [InlineData("\"model\":\"\\ud800\\n\"")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"metadata\":{\"a\":[\"\\udfff\"]}")]
    [InlineData("\"metadata\":{\"\\udfff\":1}")]
    [InlineData("\"user\":\"\\udfff\"")]
    public void Scan_WhenAStringHoldsHalfAPair_IsRefused(string field)
        => Refused($"{{{field},{Messages}}}").Code.ShouldBe("invalid_json");

    [Theory]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("\\\\ud800", "\\ud800")]
    [InlineData("a\\u0000b", "a\0b")]
    [InlineData("\\\"\\\\\\/", "\"\\/")]
    public void Scan_WhenEscapesAreWhole_ReadsThem(string escaped, string expected)
        => Scan($"{{\"model\":\"{escaped}\",{Messages}}}").Model.ShouldBe(expected);

    [Fact]
    public void Scan_WhenNestedAsDeepAsAllowed_IsAccepted_AndRefusedOneDeeper()
    {
        // The object itself and "metadata" are two of the 64 levels that the rest is inside of.
        Scan($"{{{Messages},\"metadata\":{Nested(63)}}}").Model.ShouldBe("");
        Refused($"{{{Messages},\"metadata\":{Nested(64)}}}").Code.ShouldBe("json_too_deep");
        Refused($"{{{Messages},\"metadata\":{Nested(100_000)}}}").Code.ShouldBe("json_too_deep");
        Refused($"{{\"messages\":{Nested(1000)}}}").Code.ShouldBe("json_too_deep");

        static string Nested(int levels) => new string('[', levels) + new string(']', levels);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"messages\":[]}x")]
    [InlineData("{\"messages\":[]}{}")]
    [InlineData("{\"messages\":[],}")]
    [InlineData("{\"messages\":[] // comment\n}")]
    [InlineData("{'messages':[]}")]
    [InlineData("\uFEFF{\"messages\":[]}")]
    public void Scan_WhenTheBodyIsNoJsonObject_IsRefused(string body) => Refused(body).Code.ShouldBe("invalid_json");

    [Fact]
    public void Scan_WhenTheBodyIsNotUtf8_SaysSo()
    {
        byte[] body = [.. "{\"messages\":[\""u8, 0xFF, .. "\"]}"u8];

        Should.Throw<InvalidRequestException>(() => ChatRequestScanner.Scan(body)).Code.ShouldBe("invalid_utf8");
        Should.Throw<InvalidRequestException>(() => ChatRequestScanner.Scan(Encoding.Unicode.GetBytes("{}"))).Code.ShouldBe("invalid_json");
    }

    [Theory]
    [InlineData("{}", "missing_required_parameter")]
    [InlineData("{\"messages\":null}", "invalid_type")]
    [InlineData("{\"messages\":{}}", "invalid_type")]
    [InlineData("{\"messages\":\"text\"}", "invalid_type")]
    public void Scan_WhenMessagesAreMissing_SaysSo(string body, string code)
    {
        var refusal = Refused(body);

        refusal.Code.ShouldBe(code);
        refusal.Param.ShouldBe("messages");
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("{}", true)]
    [InlineData("{\"include_usage\":null}", true)]
    [InlineData("{ \"other\" : [ { } ] , \"include_usage\" : false }", true)]
    public void Scan_WhenStreamOptionsAskForNothing_FindsTheirPlace(string options, bool hasOptions)
    {
        var body = $"{{\"stream\":true,\"stream_options\": {options} ,{Messages}}}";

        var scan = Scan(body);

        scan.IncludeUsage.ShouldBeFalse();
        scan.HasStreamOptions.ShouldBe(hasOptions);
        body.Substring(scan.StreamOptionsValue.Start, scan.StreamOptionsValue.Length).ShouldBe(options);
        if (scan.IncludeUsageValue.Length > 0)
        {
            body.Substring(scan.IncludeUsageValue.Start, scan.IncludeUsageValue.Length).ShouldBeOneOf("null", "false");
        }
    }

    private static RequestScan Scan(string body) => ChatRequestScanner.Scan(Encoding.UTF8.GetBytes(body));

    private static InvalidRequestException Refused(string body) => Should.Throw<InvalidRequestException>(() => Scan(body));

    private static ReadOnlySpan<byte> Slice(ReadOnlyMemory<byte> body, (int Start, int Length) range) => body.Span.Slice(range.Start, range.Length);

    private static long? Number(JsonElement root, string name)
        => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    /// <summary>Bytes of all strings, as they are spelled, of the fields that no rule reads.</summary>
    private static long TextOf(JsonElement root)
    {
        string[] known = ["model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "user", "service_tier"];
        return root.EnumerateObject().Where(property => !known.Contains(property.Name)).Sum(property => Bytes(property.Value));

        static long Bytes(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.String => Encoding.UTF8.GetByteCount(element.GetRawText()) - 2,
            JsonValueKind.Array => element.EnumerateArray().Sum(Bytes),
            JsonValueKind.Object => element.EnumerateObject().Sum(property => Encoding.UTF8.GetByteCount(property.Name) + Bytes(property.Value)),
            _ => 0,
        };
    }
}
