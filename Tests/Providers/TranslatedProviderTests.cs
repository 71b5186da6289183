using System.Text.Json.Nodes;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Providers;

/// <summary>A whole gateway in front of Gemini, Vertex AI and Bedrock, called by a Chat client.</summary>
public sealed class TranslatedProviderTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    public static TheoryData<string> Types { get; } = ["gemini", "vertex", "bedrock"];

    private readonly UpstreamSimulator _simulator = simulator;

    [Theory, MemberData(nameof(Types))]
    public async Task Text_WhenAsked_ComesBackWithItsUsage(string type)
    {
        var (caller, alias, credential) = await StartAsync(type, new Answer { Text = "Grüße 你好 🙂", Usage = new AnswerUsage(100, 20, CachedInput: 60) });

        var answer = await caller.ChatAsync(Body(alias));

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["model"]!.GetValue<string>().ShouldBe(alias);
        answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("Grüße 你好 🙂");
        answer.Json["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        answer.Json["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBe(100);
        answer.Json["usage"]!["prompt_tokens_details"]!["cached_tokens"]!.GetValue<int>().ShouldBe(60);
        answer.Json["usage"]!["completion_tokens"]!.GetValue<int>().ShouldBe(20);
        RequestOf(credential).Status.ShouldBe(200);
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Stream_WhenAsked_IsTheSameAnswer(string type)
    {
        var (caller, alias, _) = await StartAsync(type, new Answer { Text = "one two three", Usage = new AnswerUsage(100, 20) });

        var answer = await caller.ChatAsync(Body(alias, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        answer.Status.ShouldBe(200, answer.Text);
        TextOf(answer).ShouldBe("one two three");
        answer.Events[^1].ShouldBe("[DONE]");
        answer.Chunks.ShouldContain(chunk => chunk["usage"] is JsonObject && chunk["usage"]!["prompt_tokens"]!.GetValue<int>() == 100);
    }

    [Theory, MemberData(nameof(Types))]
    public async Task ToolCalls_WhenMade_ComeBackWithIdsAndArguments(string type)
    {
        var (caller, alias, _) = await StartAsync(type, new Answer { ToolCalls = [new("look", "{\"deep\":1.10}"), new("listen", "{}")] });

        foreach (var more in new[] { "", ",\"stream\":true" })
        {
            var answer = await caller.ChatAsync(Body(alias, more + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":{\"type\":\"object\",\"properties\":{\"deep\":{\"type\":\"number\"}}}}}]"));

            answer.Status.ShouldBe(200, answer.Text);
            var calls = more.Length == 0
                ? answer.Json["choices"]![0]!["message"]!["tool_calls"]!.AsArray().Select(call => (Id: call!["id"]!.GetValue<string>(), Text: $"{call["function"]!["name"]} {call["function"]!["arguments"]}")).ToList()
                : Collect(answer);
            calls.Select(call => call.Text).ShouldBe(["look {\"deep\":1.10}", "listen {}"]);
            calls.Select(call => call.Id).Distinct().Count().ShouldBe(2);
        }
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Schema_WhenGiven_ReachesTheProvider(string type)
    {
        var (caller, alias, credential) = await StartAsync(type, new Answer { Text = "{}" });

        var answer = await caller.ChatAsync(Body(alias, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"city\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}}}"));

        answer.Status.ShouldBe(200, answer.Text);
        RequestOf(credential).BodyText.ShouldContain(type == "bedrock" ? "\"outputConfig\":{\"textFormat\"" : "\"responseJsonSchema\":{\"type\":\"object\"");
    }

    [Theory]
    [InlineData("gemini", 400, 400, "upstream_rejected")]
    [InlineData("gemini", 429, 429, "upstream_rate_limited")]
    [InlineData("gemini", 503, 503, "service_unavailable")]
    [InlineData("vertex", 403, 502, "upstream_auth")]
    [InlineData("bedrock", 400, 400, "upstream_rejected")]
    [InlineData("bedrock", 403, 502, "upstream_auth")]
    [InlineData("bedrock", 404, 502, "upstream_model_not_found")]
    [InlineData("bedrock", 424, 502, "upstream_error")]
    [InlineData("bedrock", 429, 429, "upstream_rate_limited")]
    [InlineData("bedrock", 503, 503, "service_unavailable")]
    public async Task Error_WhenAnswered_IsTheClientsOwn(string type, int upstream, int status, string code)
    {
        foreach (var more in new[] { "", ",\"stream\":true" })
        {
            // A target of its own each time: one that failed is left alone.
            var (caller, alias, _) = await StartAsync(type, new Answer { Status = upstream });
            var answer = await caller.ChatAsync(Body(alias, more));

            answer.Status.ShouldBe(status, answer.Text);
            answer.Error["code"]!.GetValue<string>().ShouldBe(code);
        }
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Stream_WhenItFailsHalfway_SaysSo(string type)
    {
        var (caller, alias, _) = await StartAsync(type, new Answer { Text = "one two three four five", StreamErrorAfter = 4 });

        var answer = await caller.ChatAsync(Body(alias, ",\"stream\":true"));

        answer.Status.ShouldBe(200, answer.Text);
        answer.Text.ShouldNotContain("[DONE]");
        answer.Chunks[^1]["error"].ShouldNotBeNull();
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Stream_WhenCutOff_IsNotTakenForAnEnd(string type)
    {
        var (caller, alias, _) = await StartAsync(type, new Answer { Text = "one two three", OmitTerminator = true, OmitUsage = true });

        var answer = await caller.ChatAsync(Body(alias, ",\"stream\":true"));

        answer.Text.ShouldNotContain("[DONE]");
        answer.Text.ShouldNotContain("\"finish_reason\":\"stop\"");
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Stream_WhenItArrivesByteByByte_IsWhole(string type)
    {
        var (caller, alias, _) = await StartAsync(type, new Answer { Text = "Grüße 你好 🙂 done", SplitEveryByte = true });

        TextOf(await caller.ChatAsync(Body(alias, ",\"stream\":true"))).ShouldBe("Grüße 你好 🙂 done");
    }

    /// <summary>The simulator refuses a Gemini 3 call without its signature, and a Bedrock signature that is not its own.</summary>
    [Theory]
    [InlineData("gemini", "c2lnbmF0dXJlIG9mIGxvb2s=")]
    [InlineData("bedrock", null)]
    public async Task ToolLoop_WhenByChat_KeepsSignaturesThatTheClientDrops(string type, string? signature)
    {
        var (caller, alias, credential) = await StartAsync(type, Thinking, new Answer { Text = "done" });
        var first = await caller.ChatAsync(Body(alias, $",{Tools}"));
        first.Status.ShouldBe(200, first.Text);
        var call = first.Json["choices"]![0]!["message"]!["tool_calls"]![0]!;

        var second = await caller.ChatAsync($$$"""
            {"model":"{{{alias}}}",{{{Tools}}},"messages":[{"role":"user","content":"Look."},
             {"role":"assistant","content":null,"tool_calls":[{"id":{{{call["id"]!.ToJsonString()}}},"type":"function","function":{"name":"look","arguments":"{}"} }]},
             {"role":"tool","tool_call_id":{{{call["id"]!.ToJsonString()}}},"content":"seen"}]}
            """);

        second.Status.ShouldBe(200, second.Text);
        second.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("done");
        second.Headers.Keys.ShouldNotContain("x-gateway-lossy");
        if (signature is not null)
        {
            RequestOf(credential).BodyText.ShouldContain($"\"thoughtSignature\":\"{signature}\"");
        }
    }

    [Theory]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    [InlineData("bedrock", false)]
    [InlineData("bedrock", true)]
    public async Task ToolLoop_WhenByMessages_ReplaysThinking(string type, bool stream)
    {
        var (caller, alias, credential) = await StartAsync(type, Thinking, new Answer { Text = "done" });
        var head = $$$"""
            "model":"{{{alias}}}","max_tokens":4000,"tools":[{"name":"look","input_schema":{"type":"object","properties":{"deep":{"type":"number"} } } }],"thinking":{"type":"enabled","budget_tokens":2000}
            """;
        var first = await MessagesAsync(caller, $"{{{head},\"stream\":{(stream ? "true" : "false")},\"messages\":[{{\"role\":\"user\",\"content\":\"Look.\"}}]}}");
        first.Status.ShouldBe(200, first.Text);
        var content = stream ? BlocksOf(first) : first.Json["content"]!.AsArray();
        content.Select(block => block!["type"]!.GetValue<string>()).ShouldContain("thinking");
        var id = content.Single(block => block!["type"]!.GetValue<string>() == "tool_use")!["id"]!.GetValue<string>();

        var second = await MessagesAsync(caller, $$$"""
            {{{{head}}},"messages":[{"role":"user","content":"Look."},{"role":"assistant","content":{{{content.ToJsonString()}}}},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{{id}}}","content":"seen"}]}]}
            """);

        second.Status.ShouldBe(200, second.Text);
        second.Json["content"]![0]!["text"]!.GetValue<string>().ShouldBe("done");
        RequestOf(credential).BodyText.ShouldContain(type == "bedrock" ? "\"reasoningContent\"" : "\"thoughtSignature\":\"c2lnbmF0dXJlIG9mIGxvb2s=\"");
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("bedrock")]
    public async Task ToolLoop_WhenByResponses_ReplaysItsItems(string type)
    {
        var (caller, alias, credential) = await StartAsync(type, Thinking, new Answer { Text = "done" });
        var head = $$$"""
            "model":"{{{alias}}}","store":false,"include":["reasoning.encrypted_content"],"tools":[{"type":"function","name":"look","strict":false,"parameters":{"type":"object","properties":{"deep":{"type":"number"} } } }],"reasoning":{"effort":"low","summary":"auto"}
            """;
        var first = await ResponsesAsync(caller, $"{{{head},\"input\":\"Look.\"}}");
        first.Status.ShouldBe(200, first.Text);
        var items = first.Json["output"]!.AsArray();
        var id = items.Single(item => item!["type"]!.GetValue<string>() == "function_call")!["call_id"]!.GetValue<string>();
        var replayed = string.Join(',', items.Select(item => item!.ToJsonString()));

        var second = await ResponsesAsync(caller, $$$"""
            {{{{head}}},"input":[{"role":"user","content":"Look."},{{{replayed}}},{"type":"function_call_output","call_id":"{{{id}}}","output":"seen"}]}
            """);

        second.Status.ShouldBe(200, second.Text);
        second.Text.ShouldContain("done");
        RequestOf(credential).BodyText.ShouldContain(type == "bedrock" ? "\"toolResult\"" : "\"thoughtSignature\":\"c2lnbmF0dXJlIG9mIGxvb2s=\"");
    }

    [Fact]
    public async Task Loss_WhenStrict_IsRefusedByName()
    {
        var (caller, alias, _) = await StartAsync("bedrock", new Answer { Text = "hi" });

        var lenient = await caller.ChatAsync(Body(alias, ",\"seed\":1"));
        var strict = await caller.SendAsync(HttpMethod.Post, Caller.ChatPath, Body(alias, ",\"seed\":1"), caller.Gateway.DevelopmentKey, ("x-gateway-strict", "true"));

        lenient.Headers["x-gateway-lossy"].ShouldBe("dropped:seed");
        strict.Status.ShouldBe(400);
        strict.Error["code"]!.GetValue<string>().ShouldBe("lossy_translation");
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("vertex")]
    public async Task Embeddings_WhenAsked_ComeInOpenAIsForm(string type)
    {
        var (caller, alias, credential) = await StartAsync(type);
        Task<Answered> EmbedAsync(string more) => caller.SendAsync(
            HttpMethod.Post, "/v1/embeddings", $$"""{"model":"{{alias}}","input":["one","two"]{{more}}}""", caller.Gateway.DevelopmentKey);

        var answer = await EmbedAsync(",\"dimensions\":3");
        var encoded = await EmbedAsync(",\"encoding_format\":\"base64\"");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["data"]![1]!.ToJsonString().ShouldBe("""{"object":"embedding","index":1,"embedding":[1,0.25,-0.5]}""");
        answer.Json["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBe(type == "vertex" ? 6 : 2);
        Convert.FromBase64String(encoded.Json["data"]![1]!["embedding"]!.GetValue<string>()).ShouldBe([0, 0, 128, 63, 0, 0, 128, 62, 0, 0, 0, 191]);
        _simulator.Server.Requests.First(request => request.Credential == credential).BodyText.ShouldContain("\"outputDimensionality\":3");
    }

    [Fact]
    public async Task Count_WhenByMessages_IsGeminis()
    {
        var (caller, alias, _) = await StartAsync("gemini");

        var answer = await caller.SendAsync(
            HttpMethod.Post, "/v1/messages/count_tokens", $$"""{"model":"{{alias}}","messages":[{"role":"user","content":"four tokens in it"}]}""", caller.Gateway.DevelopmentKey);

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["input_tokens"]!.GetValue<int>().ShouldBe(5);
    }

    [Fact]
    public async Task Signature_WhenOfAWrongSecret_IsRefusedUpstream()
    {
        var caller = await UseAsync(Topology.Standalone);
        var name = Caller.Unique("p");
        await AddProviderAsync(caller, name, "bedrock", "", "a-wrong-secret", new JsonObject { ["region"] = "us-east-1", ["access_key_id"] = Caller.Unique("AKIA") });

        var answer = await caller.ChatAsync(Body($"{name}/amazon.nova-lite-v1:0"));

        answer.Status.ShouldBe(502);
        answer.Error["code"]!.GetValue<string>().ShouldBe("upstream_auth");
    }

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc-1", "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc-1/converse")]
    [InlineData("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse")]
    public async Task Arn_WhenCalled_IsOneSignedSegment(string model, string path)
    {
        var caller = await UseAsync(Topology.Standalone);
        var (name, id) = (Caller.Unique("p"), Caller.Unique("AKIA"));
        await AddProviderAsync(caller, name, "bedrock", "", $"secret-of-{id};a-session-token", new JsonObject { ["region"] = "us-east-1", ["access_key_id"] = id });

        var answer = await caller.ChatAsync(Body($"{name}/{model}"));

        answer.Status.ShouldBe(200, answer.Text);
        var request = RequestOf(id);
        request.Headers["x-amz-security-token"].ToString().ShouldBe("a-session-token");
        Uri.UnescapeDataString(request.Path).ShouldBe(Uri.UnescapeDataString(path));
    }

    [Fact]
    public async Task Arn_WhenOfAnotherRegion_IsRefused()
    {
        var caller = await UseAsync(Topology.Standalone);
        var name = Caller.Unique("p");
        await AddProviderAsync(caller, name, "bedrock", "", "bearer-key", new JsonObject { ["region"] = "us-east-1" });

        var answer = await caller.ChatAsync(Body($"{name}/arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"));

        answer.Status.ShouldBe(400);
        answer.Error["param"]!.GetValue<string>().ShouldBe("model");
    }

    [Fact]
    public async Task Provider_WhenASettingIsMissing_IsNotMade()
    {
        var caller = await UseAsync(Topology.Standalone);

        var answer = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = Caller.Unique("p"), ["type"] = "vertex" });

        answer.Status.ShouldBe(400);
        answer.Json["errors"]!["settings.project"].ShouldNotBeNull();
    }

    private const string Tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":{\"type\":\"object\",\"properties\":{\"deep\":{\"type\":\"number\"}}}}}]";

    private static Answer Thinking => new() { Reasoning = "hm", ToolCalls = [new("look", "{}")] };

    private static Task<Answered> MessagesAsync(Caller caller, string body)
        => caller.SendAsync(HttpMethod.Post, "/v1/messages", body, caller.Gateway.DevelopmentKey, ("anthropic-version", "2023-06-01"));

    private static Task<Answered> ResponsesAsync(Caller caller, string body)
        => caller.SendAsync(HttpMethod.Post, "/v1/responses", body, caller.Gateway.DevelopmentKey);

    /// <summary>The blocks of a Messages stream, as a client puts them together.</summary>
    private static JsonArray BlocksOf(Answered answer)
    {
        var blocks = new JsonArray();
        foreach (var data in answer.Text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line["data: ".Length..])!))
        {
            if (data["content_block"] is { } started)
            {
                blocks.Add(started.DeepClone());
            }
            else if (data["delta"] is { } delta && data["index"] is { } index)
            {
                var block = blocks[index.GetValue<int>()]!;
                foreach (var name in new[] { "thinking", "signature", "text" })
                {
                    if (delta[name] is { } piece)
                    {
                        block[name] = block[name]?.GetValue<string>() + piece.GetValue<string>();
                    }
                }
            }
        }

        return blocks;
    }

    private async Task<(Caller Caller, string Alias, string Credential)> StartAsync(string type, params Answer[] answers)
    {
        var caller = await UseAsync(Topology.Standalone);
        var (name, alias, credential) = (Caller.Unique("p"), Caller.Unique("alias"), Caller.Unique("AKIA"));
        if (answers.Length > 0)
        {
            _simulator.Server.Script(credential, answers);
        }

        await AddProviderAsync(
            caller,
            name,
            type,
            type == "gemini" ? "v1beta" : "",
            type == "bedrock" ? $"secret-of-{credential}" : credential,
            type switch
            {
                "vertex" => new JsonObject { ["project"] = "project-1", ["region"] = "europe-west4" },
                "bedrock" => new JsonObject { ["region"] = "us-east-1", ["access_key_id"] = credential },
                _ => [],
            });
        var model = type == "bedrock" ? "us.anthropic.claude-sonnet-4-5-20250929-v1:0" : type == "gemini" ? "gemini-3-flash-preview" : "gemini-2.5-flash";
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject { ["alias"] = alias, ["provider"] = name, ["model"] = model });
        created.Status.ShouldBe(201, created.Text);
        return (caller, alias, credential);
    }

    private async Task AddProviderAsync(Caller caller, string name, string type, string path, string apiKey, JsonObject settings)
    {
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject
        {
            ["name"] = name,
            ["type"] = type,
            ["base_url"] = new Uri(_simulator.Server.BaseAddress, path).AbsoluteUri,
            ["api_key"] = apiKey,
            ["local"] = true,
            ["settings"] = settings,
        });
        created.Status.ShouldBe(201, created.Text);
    }

    /// <summary>The last request with a credential, which keeps to the vendor's own description.</summary>
    private ReceivedRequest RequestOf(string credential)
    {
        var request = _simulator.Server.Requests.Last(request => request.Credential == credential);
        request.Violations.ShouldBeEmpty(request.BodyText);
        return request;
    }

    private static string Body(string model, string more = "") => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Say something."}]{{more}}}""";

    private static string TextOf(Answered answer)
        => string.Concat(answer.Chunks.Select(chunk => chunk["choices"] is JsonArray { Count: > 0 } choices ? choices[0]!["delta"]!["content"]?.GetValue<string>() : null));

    private static List<(string Id, string Text)> Collect(Answered answer)
    {
        var calls = new SortedDictionary<int, (string Id, string Text)>();
        foreach (var call in answer.Chunks.SelectMany(chunk => chunk["choices"]?.AsArray() ?? []).SelectMany(choice => choice!["delta"]?["tool_calls"]?.AsArray() ?? []))
        {
            var index = call!["index"]!.GetValue<int>();
            if (call["id"] is { } id)
            {
                calls[index] = (id.GetValue<string>(), $"{call["function"]!["name"]} ");
            }

            calls[index] = (calls[index].Id, calls[index].Text + call["function"]?["arguments"]?.GetValue<string>());
        }

        return [.. calls.Values];
    }
}
