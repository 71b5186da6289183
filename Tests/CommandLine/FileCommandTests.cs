using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

public sealed class FileCommandTests(Gateways gateways) : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_WhenNothingIsThere_WritesFilesThatAreGood()
    {
        var scene = new CommandScene { Directory = _folder.Path, Variables = { ["ANTHROPIC_API_KEY"] = "sk-ant-of-the-environment" } };

        var said = (await scene.RunAsync("init", "--json")).Json;
        foreach (var line in (await File.ReadAllLinesAsync(PathOf(".env"), TestContext.Current.CancellationToken)).Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] != '#'))
        {
            scene.Variables[line.Split('=', 2)[0]] = line.Split('=', 2)[1];
        }

        var valid = await scene.RunAsync("validate", "--json");

        said["providers"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["anthropic"]);
        valid.ExitCode.ShouldBe(0, valid.All);
        scene.Variables.ShouldContainKey("Gateway__AdminKey");
        scene.Variables.ShouldContainKey("GATEWAY_KEY");
        var yaml = await File.ReadAllTextAsync(PathOf("gateway.yaml"), TestContext.Current.CancellationToken);
        yaml.ShouldContain("${env:ANTHROPIC_API_KEY}");
        yaml.ShouldNotContain("sk-ant-of-the-environment");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(PathOf(".env")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Plan_WhenAFileIsWrong_SaysEachFaultInALine()
    {
        await WriteAsync("gateway.yaml", "providers: {openai: {type: openai, api_key: '${env:NONE}'}}");

        var said = await new CommandScene { Directory = _folder.Path, Variables = { ["GATEWAY_ADMIN_KEY"] = "gw-admin-x" } }.RunAsync("plan");

        said.Error.ShouldContain("cannot be used:\n  1:45: providers.openai.api_key: The variable NONE is not set.");
    }

    [Fact]
    public async Task Logs_WhenTheSpanIsLongerThanCalendars_IsAFaultOfUsage()
        => (await new CommandScene { Variables = { ["GATEWAY_ADMIN_KEY"] = "gw-admin-x" } }.RunAsync("logs", "--since", "999999999d")).ExitCode.ShouldBe(64);

    [Fact]
    public async Task Init_WhenAFileIsThere_OverwritesNothing()
    {
        await WriteAsync(".env", "MINE=1");
        var scene = new CommandScene { Directory = _folder.Path };

        var refused = await scene.RunAsync("init");
        var files = Directory.GetFiles(_folder.Path).Length;
        var forced = await scene.RunAsync("init", "--force");

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain(".env");
        refused.Error.ShouldContain("--force");
        files.ShouldBe(1);
        forced.ExitCode.ShouldBe(0, forced.All);
        (await File.ReadAllTextAsync(PathOf(".env.bak"), TestContext.Current.CancellationToken)).ShouldBe("MINE=1");
        (await scene.RunAsync("validate", "--without-secrets")).ShouldSatisfyAllConditions(
            said => said.ExitCode.ShouldBe(0, said.All),
            said => said.Output.ShouldContain("good"));
    }

    [Fact]
    public async Task Validate_WhenAFileIsWrong_NamesEachPlace()
    {
        await WriteAsync("gateway.yaml", "models:\n  fast:\n    provider: nowhere\n    colour: red\nkeys:\n  a:\n    key: in-the-clear\n");
        var scene = new CommandScene { Directory = _folder.Path };

        var said = await scene.RunAsync("validate");
        var json = await scene.RunAsync("validate", "gateway.yaml", "--json");
        var missing = await scene.RunAsync("validate", "other.yaml", "--json");

        said.ExitCode.ShouldBe(1);
        said.Output.ShouldContain("gateway.yaml:4:");
        said.Output.ShouldNotContain("in-the-clear");
        json.ExitCode.ShouldBe(1);
        json.Json["valid"]!.GetValue<bool>().ShouldBeFalse();
        json.Json["faults"]!.AsArray().Count.ShouldBeGreaterThan(1);
        missing.ExitCode.ShouldBe(64);
        missing.ErrorJson["advice"]!.GetValue<string>().ShouldContain("gateway init");
        (await scene.RunAsync("validate", "--schema")).Json["properties"]!["providers"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Plan_ThenApply_ThenExport_AgreeWithTheFile()
    {
        await using var gateway = await ClockedGateway.StartNewAsync();
        var scene = CommandScene.Of(gateway) with { Directory = _folder.Path };
        await WriteAsync("gateway.yaml", """
            models:
              quick:
                provider: simulated
                model: lorem
            projects:
              shop:
                budget_limit: 10
                budget_period: monthly

            """);

        var plan = await scene.RunAsync("plan", "--json");
        var applied = await scene.RunAsync("apply");
        var nothing = await scene.RunAsync("plan");
        var export = await scene.RunAsync("export");
        var file = await scene.RunAsync("export", "--output", "exported.yaml", "--json");
        var again = await scene.RunAsync("export", "--output", "exported.yaml");

        plan.ExitCode.ShouldBe(2, plan.All);
        plan.Json["changes"]!.AsArray().Select(change => $"{change!["kind"]} {change["type"]} {change["name"]}")
            .ShouldBe(["create project shop", "create model quick"], ignoreOrder: true);
        applied.ExitCode.ShouldBe(0, applied.All);
        applied.Output.ShouldContain("2 done");
        nothing.ExitCode.ShouldBe(0, nothing.All);
        nothing.Output.ShouldContain("as the file says");
        export.ExitCode.ShouldBe(0, export.All);
        export.Output.ShouldContain("quick:");
        File.Exists(file.Json["file"]!.GetValue<string>()).ShouldBeTrue();
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("--force");
        (await scene.RunAsync("validate", "exported.yaml", "--without-secrets")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Import_OfAnotherGateway_SaysWhatIsNotThere()
    {
        await WriteAsync("config.yaml", """
            model_list:
              - model_name: gpt
                litellm_params: {model: openai/gpt-5-mini, api_key: os.environ/OPENAI_API_KEY}
            litellm_settings:
              callbacks: [something]

            """);
        var scene = new CommandScene
        {
            Directory = _folder.Path,
            Variables = { ["ROUTER_SERVICES"] = """[{"name":"fast","backend_type":"cerebras","base_url":"https://api.cerebras.ai/v1","api_key":"sk-secret"}]""" },
        };

        var lite = await scene.RunAsync("import", "litellm", "config.yaml", "--json");
        var services = await scene.RunAsync("import", "router-services", "--model", "llama", "--output", "gateway.yaml");
        var broken = await scene.RunAsync("import", "litellm", "nowhere.yaml");

        lite.ExitCode.ShouldBe(0, lite.All);
        lite.Json["yaml"]!.GetValue<string>().ShouldContain("gpt-5-mini");
        lite.Json["not_carried_over"].ShouldBeOfType<JsonArray>();
        services.ExitCode.ShouldBe(0, services.All);
        services.All.ShouldNotContain("sk-secret");
        (await File.ReadAllTextAsync(PathOf("gateway.yaml"), TestContext.Current.CancellationToken)).ShouldContain("llama");
        (await scene.RunAsync("validate", "--without-secrets")).ShouldSatisfyAllConditions(said => said.ExitCode.ShouldBe(0, said.All));
        broken.ExitCode.ShouldBe(1);
        broken.Error.ShouldContain("nowhere.yaml");
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("apply")]
    [InlineData("export")]
    public async Task Command_WhenTheAdminKeyIsWrong_SaysSo(string command)
    {
        await WriteAsync("gateway.yaml", "projects: {}\n");
        var scene = CommandScene.Of(await gateways.GetAsync(Topology.Standalone)) with { Directory = _folder.Path };
        scene.Variables["GATEWAY_ADMIN_KEY"] = "of-another-gateway";

        var said = await scene.RunAsync(command, "--json");

        said.ExitCode.ShouldBe(77, said.All);
        said.ErrorJson["status"]!.GetValue<int>().ShouldBe(401);
        scene.Variables["GATEWAY_URL"] = "http://127.0.0.1:1";
        (await scene.RunAsync(command)).ExitCode.ShouldBe(69);
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(PathOf(name), text, TimeLimit.Token());
}
