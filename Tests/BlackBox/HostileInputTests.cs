using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.Corpora;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>Whatever is sent, the answer has a body in the envelope, and none of the faults is the gateway's.</summary>
public sealed class HostileInputTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task Body_WhenHostile_Is400InTheEnvelope(Topology topology)
    {
        var caller = await UseAsync(topology);
        var wrong = new List<string>();

        foreach (var (name, bytes) in CorpusLibrary.JsonFiles())
        {
            var answer = await SendAsync(caller, bytes);
            if (answer.Status != 400 || !IsEnvelope(answer))
            {
                wrong.Add($"{name}: {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory, EveryTopology("""{"model":"echo","messages":[],"metadata":""", """{"model":"echo","messages":[{"role":"user","content":""")]
    public async Task Value_WhenHostile_IsNeverAFault(Topology topology, string start)
    {
        var caller = await UseAsync(topology);
        var end = start.EndsWith("\"content\":", StringComparison.Ordinal) ? "}]}" : "}";
        var wrong = new List<string>();

        foreach (var (name, bytes) in CorpusLibrary.JsonFiles())
        {
            var answer = await SendAsync(caller, [.. Encoding.UTF8.GetBytes(start), .. bytes, .. Encoding.UTF8.GetBytes(end)]);
            var isRefused = answer.Status is >= 400 and < 500 && IsEnvelope(answer);
            if (!isRefused && (answer.Status != 200 || name.StartsWith("n_", StringComparison.Ordinal)))
            {
                wrong.Add($"{name}: {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory, EveryTopology]
    public async Task Text_WhenNaughty_ComesBackEqual(Topology topology)
    {
        var caller = await UseAsync(topology);
        var wrong = new List<string>();

        foreach (var text in CorpusLibrary.NaughtyStrings())
        {
            var body = new JsonObject
            {
                ["model"] = "echo",
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
            };
            var answer = await SendAsync(caller, JsonSerializer.SerializeToUtf8Bytes(body));
            if (answer.Status != 200 || answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>() != text)
            {
                wrong.Add($"{text}: {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory, EveryTopology("model", "user", "x_field")]
    public async Task Name_WhenNaughty_IsTakenOrRefused(Topology topology, string field)
    {
        var caller = await UseAsync(topology);
        var wrong = new List<string>();

        foreach (var text in CorpusLibrary.NaughtyStrings())
        {
            var body = new JsonObject { ["model"] = "echo", ["messages"] = new JsonArray() };
            body[field] = text;
            var answer = await SendAsync(caller, JsonSerializer.SerializeToUtf8Bytes(body));
            if (answer.Status is not (200 or (>= 400 and < 500)) || answer.Body.Length == 0 || (answer.Status != 200 && !IsEnvelope(answer)))
            {
                wrong.Add($"{text}: {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory, EveryTopology]
    public async Task Name_WhenNaughtyAndAdministrative_IsTakenUnchangedOrRefused(Topology topology)
    {
        var caller = await UseAsync(topology);
        var wrong = new List<string>();

        // Every twentieth: each new key costs a bcrypt.
        foreach (var text in CorpusLibrary.NaughtyStrings().Where((_, index) => index % 20 == 0))
        {
            var answer = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = text });
            if (!(answer.Status == 400 || (answer.Status == 201 && answer.Json["name"]!.GetValue<string>() == text)))
            {
                wrong.Add($"{text}: {answer.Status} {answer.Text}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static async Task<Answered> SendAsync(Caller caller, byte[] body)
    {
        using var response = await caller.StartAsync(
            HttpMethod.Post, Caller.ChatPath, body, caller.Gateway.DevelopmentKey, ("content-type", MediaTypeNames.Application.Json));
        return await Answered.ReadAsync(response);
    }

    private static bool IsEnvelope(Answered answer)
        => answer.Body.Length > 0
            && JsonNode.Parse(answer.Body) is JsonObject json
            && json["error"] is JsonObject error
            && error["message"]!.GetValue<string>().Length > 0
            && error["type"]!.GetValue<string>().Length > 0
            && error["code"]!.GetValue<string>().Length > 0;
}
