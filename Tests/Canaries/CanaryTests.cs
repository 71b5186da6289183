using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Canaries;

/// <summary>
/// Security rows 7 and 25: with default settings no prompt, no answer and no key is in any file, any output, any trace, metric or log.
/// (Responses that a client stores are content by their nature; these calls store nothing.)
/// </summary>
public sealed class CanaryTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private readonly UpstreamSimulator _simulator = simulator;
    private readonly string _prompt = Caller.Unique("canary-prompt");
    private readonly string _answer = Caller.Unique("canary-answer");

    [Theory, EveryTopology]
    public async Task Canary_WhateverIsCalled_IsFoundNowhere(Topology topology)
    {
        await using var collector = await Collector.StartAsync(Cancelled);
        await using var gateway = await Gateways.StartNewAsync(topology, environment: collector.Environment);
        var caller = Use(gateway);
        var name = Caller.Unique("seen");
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = name });
        var secret = created.Json["key"]!.GetValue<string>();
        List<Canary> canaries = [new(_prompt), new(_answer), new(secret), new(gateway.AdminKey)];

        foreach (var (type, path) in ((string, string)[])[("openai_compatible", "v1"), ("openai", "v1"), ("anthropic", "")])
        {
            for (var format = 0; format < 3; format++)
            {
                // One for each: what fails here is to rest, and the others are not.
                var upstream = await caller.AddUpstreamAsync(type, path, null, Answers());
                canaries.Add(new Canary(upstream.Credential));
                var (callPath, body) = Bodies(upstream.Alias)[format];
                await CallAsync(caller, upstream, callPath, body, secret);
            }
        }

        foreach (var path in (string[])["/v1/", "/v1/models/", "/v1/responses/", "/admin/", "/admin/keys/", "/admin/providers/x/", "/auth/", "/metrics/", "/"])
        {
            await caller.SendAsync(HttpMethod.Get, $"{path}{secret}?key={secret}", null, secret);
            await caller.SendAsync(HttpMethod.Post, $"{path}{secret}/{_prompt}", "{", gateway.AdminKey);
        }

        canaries.AddRange((await AdministrateAsync(caller, created.Json["id"]!.GetValue<string>())).Select(word => new Canary(word)));
        await TimeLimit.PollAsync("all signals", _ => Task.FromResult(
            collector.Received.Select(received => received.Signal).Distinct().Count() == 3 ? collector : null));
        await gateway.StopAsync();

        // Those that search can find what is there: a name, which is no secret, is in a database and in the traces.
        var files = DataFolder.Read(gateway.DataDirectory).ToList();
        var seen = new Canary(name);
        files.ShouldContain(file => seen.FindIn(file.Bytes) != null);
        collector.Received.Select(received => received.Signal).Distinct().Order(StringComparer.Ordinal).ShouldBe(["logs", "metrics", "traces"]);
        new Canary("POST /v1/chat/completions").FindIn([.. collector.Received.Where(received => received.Signal == "traces").SelectMany(received => received.Body)]).ShouldNotBeNull();

        var output = Encoding.UTF8.GetBytes(string.Join('\n', gateway.Output.Lines().Where(line => !IsAnnouncement(line))));
        IEnumerable<(string Place, byte[] Bytes)> places =
            [.. files, ("the output", output), .. collector.Received.Select(received => (received.Signal, received.Body))];
        var found = from place in places
                    from canary in canaries
                    let form = canary.FindIn(place.Bytes)
                    where form is not null
                    select $"{canary.Word} is in {place.Place} ({form})";
        found.ShouldBeEmpty();
    }

    /// <summary>Whole and streamed answers, refusals of the provider that quote the prompt, streams that break, and nonsense.</summary>
    private Answer[] Answers()
    {
        var good = new Answer { Text = $"It is {_answer}.", Reasoning = $"Let me think of {_answer}." };
        var tool = new Answer { ToolCalls = [new AnswerToolCall("look_up", $$"""{"what":"{{_answer}}"}""")] };
        var refused = new Answer { Status = 400, Error = AnswerErrorKind.ContentRefused, ErrorMessage = $"You said {_prompt}, and not {_answer}." };
        var failed = new Answer { Status = 500, ErrorMessage = $"Cannot say {_answer} to {_prompt}." };
        var broken = good with { StreamErrorAfter = 2, ErrorMessage = $"Broke at {_answer}." };
        var nonsense = new Answer { Wire = Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-{_answer}: 1\r\n\r\n{{\"{_answer}\": nonsense") };
        return [good, good, tool, tool, refused, broken, failed, nonsense, failed, nonsense, good];
    }

    private async Task CallAsync(Caller caller, Upstream upstream, string path, string body, string secret)
    {
        for (var i = 0; i < 8; i++)
        {
            var answer = await caller.SendAsync(HttpMethod.Post, path, body + (i % 2 == 0 ? "}" : ",\"stream\":true}"), secret);
            if (i < 2)
            {
                answer.Status.ShouldBe(200, answer.Text);
                answer.Text.ShouldContain(_answer[..20]);
            }
        }

        await caller.SendAsync(HttpMethod.Post, path, body, secret);
        await caller.SendAsync(HttpMethod.Post, path, body + "}", secret[..^1]);
        await caller.SendAsync(HttpMethod.Post, path, body.Replace(upstream.Alias, "no-such-model", StringComparison.Ordinal) + "}", secret);
        await caller.SendAsync(HttpMethod.Post, "/v1/embeddings", $$"""{"model":"{{upstream.Alias}}","input":"{{_prompt}}"}""", secret);
        await caller.SendAsync(
            HttpMethod.Post, "/v1/messages/count_tokens", $$"""{"model":"{{upstream.Alias}}","messages":[{"role":"user","content":"{{_prompt}}"}]}""", secret);
        _simulator.Server.Requests.Count(request => request.Credential == upstream.Credential).ShouldBeGreaterThan(6);
    }

    private (string Path, string Body)[] Bodies(string model)
    {
        const string Schema = """{"type":"object","properties":{"what":{"type":"string"}}}""";
        return
        [
            ("/v1/chat/completions", $$$"""
                {"model":"{{{model}}}","messages":[{"role":"system","content":"Be {{{_prompt}}}."},{"role":"user","content":"{{{_prompt}}}"}],
                "tools":[{"type":"function","function":{"name":"look_up","parameters":{{{Schema}}}}}]
                """),
            ("/v1/messages", $$$"""
                {"model":"{{{model}}}","max_tokens":50,"system":"Be {{{_prompt}}}.","messages":[{"role":"user","content":[{"type":"text","text":"{{{_prompt}}}"}]}],
                "tools":[{"name":"look_up","input_schema":{{{Schema}}}}]
                """),
            ("/v1/responses", $$$"""
                {"model":"{{{model}}}","store":false,"instructions":"Be {{{_prompt}}}.","input":"{{{_prompt}}}",
                "tools":[{"type":"function","name":"look_up","parameters":{{{Schema}}}}]
                """),
        ];
    }

    /// <summary>Returns the secrets that it makes on its way.</summary>
    private async Task<IReadOnlyList<string>> AdministrateAsync(Caller caller, string keyId)
    {
        var (credential, wrong) = (Caller.Unique("sk-canary-credential"), Caller.Unique("gw-admin-canary-wrong"));
        var provider = Caller.Unique("p");
        var made = await caller.AdminAsync(
            HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = provider, ["type"] = "openai_compatible", ["base_url"] = "https://p.example/v1", ["api_key"] = credential });
        made.Status.ShouldBe(201, made.Text);
        var path = $"/admin/providers/{made.Json["id"]!.GetValue<string>()}";
        await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["api_key"] = credential + "x", ["nonsense"] = credential });
        await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["api_key"] = credential });
        await caller.AdminAsync(HttpMethod.Post, $"{path}/credentials", new JsonObject { ["name"] = "second", ["api_key"] = credential });
        await caller.SendAsync(HttpMethod.Post, "/admin/providers", $$"""{"api_key":"{{credential}}""", caller.Gateway.AdminKey);
        await caller.SendAsync(HttpMethod.Post, $"/admin/keys/{keyId}/rotate", "{}", wrong);
        await caller.AdminAsync(HttpMethod.Post, "/admin/explain", new JsonObject
        {
            ["request"] = new JsonObject { ["model"] = "echo", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = _prompt }) },
        });
        var rotated = await caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{keyId}/rotate", new JsonObject { ["grace_seconds"] = 60 });
        await caller.AdminAsync(HttpMethod.Delete, path);
        return [credential, wrong, rotated.Json["key"]!.GetValue<string>()];
    }

    /// <summary>The first start shows the keys that it has made, once.</summary>
    private static bool IsAnnouncement(string line)
        => line.StartsWith("admin key:", StringComparison.Ordinal)
            || line.StartsWith("development key:", StringComparison.Ordinal)
            || line.StartsWith("curl ", StringComparison.Ordinal);
}
