using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Tests.Routes;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

public sealed class LogCommandTests(Gateways gateways)
{
    [Fact]
    public async Task Logs_AfterACall_ShowIt()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        var id = (await scene.RunAsync("models", "test", "echo", "--json")).Json["request_id"]!.GetValue<string>();
        var record = await TimeLimit.PollAsync<JsonNode>(
            "the record of the call", async _ => await scene.RunAsync("logs", id, "--json") is { ExitCode: 0 } found ? found.Json : null);

        var list = await scene.RunAsync("logs", "--where", $"request_id={id}", "--model", "echo", "--provider", "simulated", "--since", "1h");
        var json = await scene.RunAsync("logs", "--where", $"request_id={id}", "--status", "200", "--json");
        var none = await scene.RunAsync("logs", "--where", $"request_id={id}", "--errors", "--json");
        var usage = await scene.RunAsync("usage", "--group-by", "provider,day", "--where", "provider=simulated", "--since", "1h");
        var wrong = await scene.RunAsync("logs", "--where", "colour=red", "--json");

        record["cost"]!.GetValue<decimal>().ShouldBePositive();
        list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2, list.All);
        list.Output.ShouldContain("simulated/echo");
        list.Output.ShouldContain(id);
        json.Json["data"]!.AsArray().ShouldHaveSingleItem()!["request_id"]!.GetValue<string>().ShouldBe(id);
        none.Json["data"]!.AsArray().ShouldBeEmpty();
        usage.ExitCode.ShouldBe(0, usage.All);
        usage.Output.ShouldContain("PROVIDER");
        usage.Output.ShouldContain("total");
        wrong.ExitCode.ShouldBe(1);
        wrong.ErrorJson["fields"]!.AsObject().ShouldContainKey("colour");
    }

    [Fact]
    public async Task Follow_WhenCallsCome_ShowsEach()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));
        var model = $"simulated/echo?tokens={Random.Shared.Next(1, 100_000)}";
        var following = scene.RunAsync("logs", "--follow", "--model", model, "--limit", "2", "--json");

        // Whoever comes too late sees nothing of what was before: calls go on until it has seen two.
        while (!following.IsCompleted)
        {
            (await scene.RunAsync("models", "test", model)).ExitCode.ShouldBe(0);
        }

        var said = await following;
        said.ExitCode.ShouldBe(0, said.All);
        var rows = said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        rows.Count.ShouldBe(2);
        rows.ShouldAllBe(row => row["requested_model"]!.GetValue<string>() == model);
    }

    [Fact]
    public async Task Follow_WhenTheConnectionBreaks_GoesOnBehindTheLastRow()
    {
        var resumed = new ConcurrentQueue<string>();
        await using var gateway = await LoopbackApp.StartAsync(_ => { }, app => app.MapGet("/admin/logs/tail", async context =>
        {
            resumed.Enqueue(context.Request.Headers["Last-Event-ID"].ToString());
            if (resumed.Count == 2)
            {
                // On its way up again.
                context.Response.StatusCode = 503;
                return;
            }

            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(resumed.Count == 1
                ? "retry: 2000\nid: 5\n\nid: 6\nevent: call\ndata: {\"request_id\":\"a\"}\n\nid: 9\n: still here\n\nid: 12\nevent: call\ndata: {\"reque"
                : "id: 9\n\nid: 12\nevent: call\ndata: {\"request_id\":\"b\"}\n\n");
        }));
        var scene = new CommandScene
        {
            Variables = { ["GATEWAY_URL"] = gateway.Client.BaseAddress!.AbsoluteUri, ["GATEWAY_ADMIN_KEY"] = "some-admin-key" },
            Time = new InstantTime(),
        };

        var said = await scene.RunAsync("logs", "-f", "-n", "2", "--json");

        said.ExitCode.ShouldBe(0, said.All);
        said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["request_id"]!.GetValue<string>()).ShouldBe(["a", "b"]);
        resumed.ShouldBe(["", "9", "9"]);
    }

    [Fact]
    public async Task Follow_WhenTheGatewayRefuses_Ends()
    {
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone));

        var said = await scene.RunAsync("logs", "--follow", "--where", "colour=red");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("colour");
    }

    [Fact]
    public async Task Logs_WhenANameWouldSteerTheTerminal_AreHarmless()
    {
        await using var gateway = await LoopbackApp.StartAsync(_ => { }, app => app.MapGet("/admin/logs", () => Results.Text(
            """{"data":[{"request_id":"a","requested_model":"gpt\u001b[2J\u0007","status_code":404}],"next":null}""", "application/json")));
        var scene = new CommandScene { Variables = { ["GATEWAY_URL"] = gateway.Client.BaseAddress!.AbsoluteUri, ["GATEWAY_ADMIN_KEY"] = "some-admin-key" } };

        var said = await scene.RunAsync("logs");

        said.ExitCode.ShouldBe(0, said.All);
        said.Output.ShouldContain("gpt");
        said.Output.ShouldNotContain('\u001b');
        said.Output.ShouldNotContain('\u0007');
    }
}
