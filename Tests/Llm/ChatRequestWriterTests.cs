using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Llm;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Shouldly;
using Xunit;

namespace Tests.Llm;

/// <summary>What a provider that speaks Chat Completions is sent of a request in another format, and what is said to be lost.</summary>
public sealed class ChatRequestWriterTests
{
    private static readonly ChatProfile Plain = new();
    private static readonly OpaqueState State = new(Origins.Anthropic, "sig");

    /// <summary>Each with the member that it is written to, and nothing lost.</summary>
    public static TheoryData<string, string> Kept { get; } = new()
    {
        { "cap", """{"max_tokens":9}""" },
        { "temperature", """{"temperature":1.10}""" },
        { "top_p", """{"top_p":0.5}""" },
        { "penalties", """{"frequency_penalty":0.1,"presence_penalty":0.2}""" },
        { "seed", """{"seed":9007199254740993}""" },
        { "stop", """{"stop":["a","b"]}""" },
        { "n", """{"n":2}""" },
        { "logprobs", """{"logprobs":true,"top_logprobs":3}""" },
        { "logprobs alone", """{"logprobs":true}""" },
        { "json object", """{"response_format":{"type":"json_object"}}""" },
        { "schema without a name", """{"response_format":{"type":"json_schema","json_schema":{"name":"response","schema":{"type":"object"}}}}""" },
        { "schema", """{"response_format":{"type":"json_schema","json_schema":{"name":"city","description":"d","schema":{"type":"object"},"strict":true}}}""" },
        { "effort", """{"reasoning_effort":"xhigh"}""" },
        { "verbosity", """{"verbosity":"low"}""" },
        { "user", """{"user":"u"}""" },
        { "tier", """{"service_tier":"flex"}""" },
        { "stream", """{"stream":true,"stream_options":{"include_usage":true}}""" },
        { "tools", """{"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":false}}],"parallel_tool_calls":false}""" },
        { "choice: none", """{"tool_choice":"none"}""" },
        { "choice: required", """{"tool_choice":"required"}""" },
        { "choice: one", """{"tool_choice":{"type":"function","function":{"name":"f"}}}""" },
        { "choice: some", """{"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]}}}""" },
    };

    /// <summary>What is lost, for a profile without anything extra.</summary>
    public static TheoryData<string, string> Lost { get; } = new()
    {
        { "top_k", "dropped:top_k" },
        { "budget", "changed:thinking.budget_tokens" },
        { "summary", "dropped:reasoning.summary" },
        { "state", "dropped:reasoning.encrypted_content" },
        { "other tier", "dropped:service_tier" },
        { "metadata", "dropped:metadata" },
        { "unmapped", "dropped:container" },
        { "cached text", "dropped:cache_control" },
        { "cached tool", "dropped:cache_control" },
        { "thought", "dropped:reasoning" },
        { "signed call", "dropped:reasoning" },
        { "signed text", "dropped:reasoning" },
        { "cited text", "dropped:citations" },
        { "native part", "dropped:server_tool_use" },
        { "error result", "emulated:is_error" },
        { "picture result", "changed:tool_result" },
        { "text document", "emulated:document" },
        { "cited document", "dropped:citations, emulated:document" },
        { "described document", "dropped:context, emulated:document" },
    };

    /// <summary>What makes no sense without it.</summary>
    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "freeform tool", "tools[0].type" },
        { "hosted tool", "tools[0].type" },
        { "pdf", "file" },
        { "document by address", "file" },
        { "picture of a file store", "image_url" },
        { "video", "messages" },
    };

    [Theory, MemberData(nameof(Kept))]
    public void Field_WhenItHasAPlace_IsThere(string name, string expected)
    {
        var (request, losses) = Write(Request(name), Plain);

        losses.ShouldBeEmpty();
        request.Remove("model");
        request.Remove("messages");
        request.ToJsonString().ShouldBe(JsonNode.Parse(expected)!.ToJsonString());
    }

    [Theory, MemberData(nameof(Lost))]
    public void Field_WhenItHasNoPlace_IsReported(string name, string expected)
        => string.Join(", ", Write(Request(name), Plain).Losses).ShouldBe(expected);

    [Theory, MemberData(nameof(Refused))]
    public void Field_WhenTheAnswerWouldBeWrong_IsRefused(string name, string param)
    {
        var profile = name == "document by address" ? Plain with { HasFiles = true } : Plain;

        var refusal = Should.Throw<InvalidRequestException>(() => Write(Request(name), profile));

        refusal.Code.ShouldBe("unsupported_parameter");
        refusal.Param.ShouldBe(param);
        refusal.Message.ShouldStartWith($"{param} is not supported by p (m): ");
    }

    [Theory]
    [InlineData("penalties", "frequency_penalty presence_penalty", "dropped:frequency_penalty, dropped:presence_penalty")]
    [InlineData("effort", "reasoning_effort", "dropped:reasoning_effort")]
    [InlineData("budget", "reasoning_effort", "dropped:reasoning_effort")]
    [InlineData("verbosity", "verbosity", "dropped:verbosity")]
    [InlineData("user", "user", "dropped:user")]
    [InlineData("tier", "service_tier", "dropped:service_tier")]
    [InlineData("no parallel calls", "parallel_tool_calls", "dropped:parallel_tool_calls")]
    [InlineData("parallel calls", "parallel_tool_calls", "")]
    public void Field_WhenTheProviderHasItNot_IsLeftOutAndReported(string name, string missing, string expected)
    {
        var fields = missing.Split(' ');

        var (request, losses) = Write(Request(name), Plain with { Missing = fields });

        string.Join(", ", losses).ShouldBe(expected);
        foreach (var field in fields)
        {
            request.ContainsKey(field).ShouldBeFalse(field);
        }
    }

    [Fact]
    public void Logprobs_WhenTheProviderHasNone_AreRefused()
        => Should.Throw<InvalidRequestException>(() => Write(Request("logprobs"), Plain with { Missing = ["logprobs"] })).Param.ShouldBe("logprobs");

    [Theory]
    [InlineData(0, "none")]
    [InlineData(1024, "minimal")]
    [InlineData(1536, "low")]
    [InlineData(6000, "medium")]
    [InlineData(12000, "high")]
    [InlineData(64000, "high")]
    public void Budget_WhenOnlyAnEffortIsKnown_IsTheNearest(long tokens, string expected)
        => Write(Ask() with { Reasoning = new ReasoningWish { BudgetTokens = tokens } }, Plain).Request["reasoning_effort"]!.GetValue<string>().ShouldBe(expected);

    [Fact]
    public void Profile_WhenItHasMore_LosesLess()
    {
        var profile = Plain with
        {
            HasCacheControl = true, HasDeveloperRole = true, HasFiles = true, HasFreeformTools = true, HasTopK = true, HasStreamOptions = false,
            MaxTokensField = "max_completion_tokens", ReasoningField = "thoughts", SeedField = "random_seed",
        };
        var request = Ask() with
        {
            Stream = true,
            MaxOutputTokens = 5,
            Seed = 1,
            TopK = 4,
            Tools = [new FreeformTool("sh", null) { Description = "d" }],
            Messages =
            [
                new(LlmRole.Developer, "Be brief."),
                new(LlmRole.User, [new TextPart("a") { Cache = new CacheMarker(IsOneHour: true) }, new DocumentPart(new BytesSource("application/pdf", "AAAA"))]),
                new(LlmRole.Assistant, [new ReasoningPart("hm"), new ToolCallPart("c", "sh", "ls") { IsFreeform = true }]),
            ],
        };

        var (written, losses) = Write(request, profile);

        losses.ShouldBeEmpty();
        JsonNode.DeepEquals(written, JsonNode.Parse("""
            {"model":"m","stream":true,"max_completion_tokens":5,"random_seed":1,"top_k":4,
             "tools":[{"type":"custom","custom":{"name":"sh","description":"d"}}],
             "messages":[{"role":"developer","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},
               {"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,AAAA"}}]},
              {"role":"assistant","content":null,"thoughts":"hm","tool_calls":[{"id":"c","type":"custom","custom":{"name":"sh","input":"ls"}}]}]}
            """)).ShouldBeTrue(written.ToJsonString());
    }

    [Fact]
    public void Ids_WhenTooLong_AreShortenedAlikeInCallAndResult()
    {
        var id = new string('x', 60);

        var (request, _) = Write(
            Ask() with { Messages = [new(LlmRole.Assistant, [new ToolCallPart(id, "f", "")]), new(LlmRole.Tool, [new ToolResultPart(id, [new TextPart("r")])])] }, Plain);

        var call = request["messages"]![0]!["tool_calls"]![0]!;
        call["id"]!.GetValue<string>().Length.ShouldBeLessThanOrEqualTo(40);
        request["messages"]![1]!["tool_call_id"]!.GetValue<string>().ShouldBe(call["id"]!.GetValue<string>());
        call["function"]!["arguments"]!.GetValue<string>().ShouldBe("{}");
    }

    [Fact]
    public void Names_WhenOfAnotherFormat_AreThatFormats()
    {
        var losses = new LossReport();

        ChatRequestWriter.Write(Request("metadata"), Plain, new RequestContext("p", "m", losses) { NameField = field => $"its.{field}" });

        losses.Entries.ShouldBe(["dropped:its.metadata"]);
    }

    private static LlmRequest Ask() => new() { Model = "client", Messages = [new(LlmRole.User, "hi")] };

    private static LlmRequest Ask(params LlmPart[] parts) => Ask() with { Messages = [new(LlmRole.User, parts)] };

    private static LlmRequest Turn(LlmPart part) => Ask() with { Messages = [new(LlmRole.User, "hi"), new(LlmRole.Assistant, [part])] };

    private static LlmRequest Result(bool isError, LlmPart part) => Ask() with
    {
        Messages = [new(LlmRole.Assistant, [new ToolCallPart("c", "f", "{}")]), new(LlmRole.Tool, [new ToolResultPart("c", [part]) { IsError = isError }])],
    };

    private static LlmRequest Wish(ReasoningWish wish) => Ask() with { Reasoning = wish };

    private static LlmRequest Request(string name) => name switch
    {
        "cap" => Ask() with { MaxOutputTokens = 9 },
        "temperature" => Ask() with { Temperature = 1.10m },
        "top_p" => Ask() with { TopP = 0.5m },
        "top_k" => Ask() with { TopK = 4 },
        "penalties" => Ask() with { FrequencyPenalty = 0.1m, PresencePenalty = 0.2m },
        "seed" => Ask() with { Seed = 9007199254740993 },
        "stop" => Ask() with { Stop = ["a", "b"] },
        "n" => Ask() with { Choices = 2 },
        "logprobs" => Ask() with { Logprobs = 3 },
        "logprobs alone" => Ask() with { Logprobs = 0 },
        "json object" => Ask() with { Output = new OutputFormat(Schema: null) },
        "schema without a name" => Ask() with { Output = new OutputFormat(Json("""{"type":"object"}""")) },
        "schema" => Ask() with { Output = new OutputFormat(Json("""{"type":"object"}""")) { Name = "city", Description = "d", Strict = true } },
        "effort" => Wish(new ReasoningWish { Effort = ReasoningEffort.ExtraHigh }),
        "budget" => Wish(new ReasoningWish { BudgetTokens = 2048 }),
        "summary" => Wish(new ReasoningWish { Effort = ReasoningEffort.Low, Summary = "auto" }),
        "state" => Wish(new ReasoningWish { Effort = ReasoningEffort.Low, IncludeState = true }),
        "verbosity" => Ask() with { Verbosity = "low" },
        "user" => Ask() with { EndUser = "u" },
        "tier" => Ask() with { ServiceTier = "flex" },
        "other tier" => Ask() with { ServiceTier = "standard_only" },
        "metadata" => Ask() with { Metadata = new Dictionary<string, string> { ["a"] = "b" } },
        "unmapped" => Ask() with { Unmapped = ["container"] },
        "stream" => Ask() with { Stream = true },
        "tools" => Ask() with { Tools = [new FunctionTool("f", Json("""{"type":"object"}""")) { Description = "d", Strict = false }], ParallelToolCalls = false },
        "no parallel calls" => Ask() with { ParallelToolCalls = false },
        "parallel calls" => Ask() with { ParallelToolCalls = true },
        "choice: none" => Ask() with { ToolChoice = new ToolChoice(ToolChoiceMode.None, []) },
        "choice: required" => Ask() with { ToolChoice = new ToolChoice(ToolChoiceMode.Required, []) },
        "choice: one" => Ask() with { ToolChoice = new ToolChoice(ToolChoiceMode.One, ["f"]) },
        "choice: some" => Ask() with { ToolChoice = new ToolChoice(ToolChoiceMode.Required, ["f", "g"]) },
        "cached text" => Ask(new TextPart("a") { Cache = new CacheMarker() }),
        "cached tool" => Ask() with { Tools = [new FunctionTool("f", null) { Cache = new CacheMarker() }] },
        "thought" => Turn(new ReasoningPart("hm") { State = State }),
        "signed call" => Turn(new ToolCallPart("c", "f", "{}") { State = State }),
        "signed text" => Turn(new TextPart("a") { State = State }),
        "cited text" => Turn(new TextPart("a") { Citations = [new Citation { Url = "https://example.com" }] }),
        "native part" => Turn(new NativePart(Origins.Anthropic, Json("""{"type":"server_tool_use"}"""))),
        "error result" => Result(isError: true, new TextPart("no")),
        "picture result" => Result(isError: false, new ImagePart(new BytesSource("image/png", "AAAA"))),
        "text document" => Ask(new DocumentPart(new PlainTextSource("a"))),
        "cited document" => Ask(new DocumentPart(new PlainTextSource("a")) { Citations = true }),
        "described document" => Ask(new DocumentPart(new PlainTextSource("a")) { Context = "c" }),
        "pdf" => Ask(new DocumentPart(new BytesSource("application/pdf", "AAAA"))),
        "document by address" => Ask(new DocumentPart(new UrlSource("https://example.com/a.pdf"))),
        "picture of a file store" => Ask(new ImagePart(new FileSource(Origins.Anthropic, "file_1"))),
        "video" => Ask(new VideoPart(new BytesSource("video/mp4", "AAAA"))),
        "freeform tool" => Ask() with { Tools = [new FreeformTool("sh", null)] },
        "hosted tool" => Ask() with { Tools = [new HostedTool(Origins.OpenAI, "web_search", Json("""{"type":"web_search"}"""))] },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such request."),
    };

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private static (JsonObject Request, IReadOnlyList<string> Losses) Write(LlmRequest request, ChatProfile profile)
    {
        var losses = new LossReport();
        var written = ChatRequestWriter.Write(request, profile, new RequestContext("p", "m", losses));
        return (JsonNode.Parse(Encoding.UTF8.GetString(written))!.AsObject(), losses.Entries);
    }
}
