using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

public sealed class DoctorTests(Gateways gateways)
{
    [Fact]
    public async Task Doctor_WhenAllIsWell_SaysSoOfEachPart()
    {
        // Of its own: elsewhere there are hundreds of providers, and each is asked.
        await using var gateway = await Gateways.StartNewAsync(Topology.Standalone);

        var said = await CommandScene.Of(gateway).RunAsync("doctor", "--call", "--json");

        var checks = said.Json["checks"]!.AsArray().ToDictionary(check => check!["check"]!.GetValue<string>(), check => check!["verdict"]!.GetValue<string>());
        foreach (var name in (string[])["program", "data directory", "configuration", "environment", "telemetry", "gateway", "clock", "admin key", "provider simulated", "call of simulated"])
        {
            checks.ShouldContainKeyAndValue(name, "ok", said.Output);
        }
    }

    [Fact]
    public async Task Doctor_WhenSomethingIsWrong_SaysWhatToDo()
    {
        using var data = new DataFolder();
        var scene = await SceneAsync();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "installed"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data.Path, "master.key"), "", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(data.Path, "master.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        scene.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        scene.Variables["GATEWAY_ADMIN_KEY"] = "of-another-gateway";

        var said = await scene.RunAsync("doctor", "--data", data.Path, "--config", "nowhere.yaml");

        said.ExitCode.ShouldBe(1);
        foreach (var line in (string[])["fail  data directory:", "fail  configuration:", "warn  telemetry:", "ok    gateway:", "fail  admin key:"])
        {
            said.Output.ShouldContain(line);
        }

        said.Output.ShouldContain("chmod");
        said.Output.ShouldContain("gateway init");
    }

    [Fact]
    public async Task Doctor_WhenOneCheckIsNotAnswered_SaysSoAndGoesOn()
    {
        await using var gateway = await LoopbackApp.StartAsync(_ => { }, app =>
        {
            app.MapGet("/health", () => Results.Text("""{"status":"ok"}""", "application/json"));
            app.MapGet("/admin/providers", () => Results.Text("""{"data":[{"id":"1","name":"silent"},{"id":"2","name":"well"}]}""", "application/json"));
            app.MapPost("/admin/providers/1/health-check", context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));
            app.MapPost("/admin/providers/2/health-check", () => Results.Text("""{"status":"healthy","latency_ms":1}""", "application/json"));
        });
        var url = gateway.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');
        var scene = new CommandScene
        {
            Variables = { ["GATEWAY_URL"] = url, ["GATEWAY_ADMIN_KEY"] = "some-admin-key" }, Patience = TimeSpan.FromSeconds(10),
        };

        var said = await scene.RunAsync("doctor");

        said.ExitCode.ShouldBe(1, said.All);
        said.Output.ShouldContain($"fail  provider silent: {url} did not answer within 10 s.");
        said.Output.ShouldContain("ok    provider well:");
    }

    [Fact]
    public async Task Doctor_WhenTheGatewayIsSilent_SaysSo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var scene = new CommandScene { Variables = { ["GATEWAY_URL"] = $"http://{listener.LocalEndpoint}" }, Patience = TimeSpan.FromSeconds(1) };

        var said = await scene.RunAsync("doctor");

        said.ExitCode.ShouldBe(1, said.All);
        said.Output.ShouldContain($"fail  gateway: http://{listener.LocalEndpoint} did not answer within 1 s.");
    }

    [Fact]
    public async Task Doctor_WhenAPersonReads_HasColoursUnlessTheyAreNotWanted()
    {
        var scene = await SceneAsync(isTerminal: true);

        (await scene.RunAsync("doctor")).Output.ShouldContain("\u001b[");
        (await scene.RunAsync("doctor", "--json")).Output.ShouldNotContain('\u001b');
        scene.Variables["NO_COLOR"] = "1";
        (await scene.RunAsync("doctor")).Output.ShouldNotContain('\u001b');
    }

    private async Task<CommandScene> SceneAsync(bool isTerminal = false)
    {
        var gateway = await gateways.GetAsync(Topology.Standalone);
        return new CommandScene
        {
            IsTerminal = isTerminal,
            Variables =
            {
                ["GATEWAY_URL"] = gateway.EdgeUrl.AbsoluteUri,
                ["GATEWAY_ADMIN_KEY"] = gateway.AdminKey,
                ["GATEWAY_KEY"] = gateway.DevelopmentKey,
                ["Gateway__DataDirectory"] = gateway.DataDirectory,
            },
        };
    }
}
