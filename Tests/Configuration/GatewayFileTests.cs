using Gateway.Configuration;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Configuration;

public sealed class GatewayFileTests
{
    [Fact]
    public void Validate_WhenMuchIsWrong_NamesAllOfItWithItsPlace()
    {
        var faults = Faults(
            """
            providers:
              openai:
                type: opennai
                api_key: sk-in-the-clear
                rpm_limit: many
              local:
                type: vllm
                base_ulr: http://localhost
            keys:
              ci:
                hash: md5:0
            models:
              fast: [1]
            budgets: {}
            """);

        faults.ShouldBe(
        [
            "3:11: providers.openai.type: One of anthropic, azure, bedrock, cerebras, deepinfra, deepseek, gemini, groq, mistral, ollama, openai, openai_compatible, openrouter, simulated, together, vertex, vllm, xai. Did you mean 'openai'?",
            "4:14: providers.openai.api_key: A secret does not stand in the file: write ${env:NAME} or ${file:PATH}.",
            "5:16: providers.openai.rpm_limit: A whole number from 0 to 1000000000000.",
            "8:5: providers.local.base_ulr: There is no such field. Did you mean 'base_url'?",
            "11:11: keys.ci.hash: sha256:, pepper:, pepper-sha256: and 64 hexadecimal digits.",
            "13:9: models.fast: A mapping of routing_type, provider, model, enabled, routing_config.",
            "14:1: budgets: There is no such section: a budget is a field of a project or a key (budget_limit, budget_period).",
        ]);
        faults.ShouldAllBe(fault => !fault.Contains("sk-in-the-clear"));
    }

    [Theory]
    [InlineData("providers: {a: {type: openai}, a: {type: vllm}}", "stands there already, on line 1")]
    [InlineData("providers: [", "This is no YAML")]
    [InlineData("a: 1\n---\nb: 2", "second document")]
    [InlineData("- a", "A file has sections")]
    [InlineData("models: *nowhere", "no anchor 'nowhere'")]
    [InlineData("models: &a {x: *a}", "no anchor 'a'")]
    [InlineData("models: !!python/object {}", "has no meaning here")]
    [InlineData("providers: {'': {type: vllm}}", "A name is missing")]
    [InlineData("keys: {a: {}}", "Required, or 'key' as a reference")]
    [InlineData("keys: {a: {key: '${env:A}', hash: 'sha256:00'}}", "Either 'key' or 'hash'")]
    [InlineData("deployments: {a: {model_name: m, provider: p, model: m, input_cost_per_million: 1}}", "Both prices, or none")]
    [InlineData("prices: [{model: m, prices: [{input: 1}]}]", "Either a provider's name")]
    [InlineData("projects: {a: {description: '${env:MISSING}'}}", "The variable MISSING is not set")]
    [InlineData("projects: {a: {description: '${env:A'}}", "has no end")]
    [InlineData("projects: {a: {description: '${oops}'}}", "is no reference")]
    [InlineData("projects: {a: {enabled: yes}}", "true or false")]
    public void Validate_WhenTheFileIsWrong_SaysWhat(string yaml, string expected)
        => string.Join('\n', Faults(yaml)).ShouldContain(expected);

    [Fact]
    public void Validate_WhenAliasesMultiply_StopsBeforeItCosts()
    {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(
            Enumerable.Range(1, 12).Select(level => $"{(char)('a' + level)}: &{(char)('a' + level)} [{string.Join(',', Enumerable.Repeat("*" + (char)('a' + level - 1), 10))}]\n"));

        Faults(bomb).ShouldHaveSingleItem().ShouldContain("With its aliases it has more than");
        Faults(new string('[', 1000)).ShouldHaveSingleItem().ShouldContain("deeper than");
        Faults(new string(' ', 5_000_000)).ShouldHaveSingleItem().ShouldContain("larger than");
    }

    [Fact]
    public void Parse_WhenThereAreReferences_ResolvesThem()
    {
        var file = Parse(
            """
            x: &shared {rpm_limit: 5}
            projects:
              a:
                <<: *shared
                description: "${env:A}-${env:NOT:-other}-$${env:A}"
                budget_limit: ${env:LIMIT:-2.5}
            """);

        file.Validate().ShouldHaveSingleItem().Path.ShouldBe("x");
        var project = file.Content["projects"]!["a"]!;
        project["description"]!.GetValue<string>().ShouldBe("value of A-other-${env:A}");
        project["budget_limit"]!.GetValue<decimal>().ShouldBe(2.5m);
        project["rpm_limit"]!.GetValue<long>().ShouldBe(5);
    }

    [Fact]
    public async Task Load_WhenASecretIsInAFile_ReadsItWhereOthersCannot()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes of files.");
            return;
        }

        using var folder = new DataFolder();
        var path = Path.Combine(folder.Path, "gateway.yaml");
        var secret = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(path, "providers: {a: {type: openai, api_key: '${file:secret}'}}", TimeLimit.Token());
        await File.WriteAllTextAsync(secret, "sk-1\n", TimeLimit.Token());
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        (await GatewayFile.LoadAsync(path, cancellationToken: TimeLimit.Token())).Validate().ShouldHaveSingleItem().Message.ShouldContain("can be read by everybody");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var file = await GatewayFile.LoadAsync(path, cancellationToken: TimeLimit.Token());
        await File.WriteAllTextAsync(secret, "sk-2\n", TimeLimit.Token());
        var changed = await GatewayFile.LoadAsync(path, cancellationToken: TimeLimit.Token());

        file.Validate().ShouldBeEmpty();
        file.Content["providers"]!["a"]!["api_key"]!.GetValue<string>().ShouldBe("sk-1");
        changed.Hash.ShouldBe(file.Hash);
        changed.Fingerprint.ShouldNotBe(file.Fingerprint);
    }

    [Fact]
    public void Parse_WhenASwitchIsAReferenceInQuotationMarks_ResolvesIt()
        => GatewayFile.Parse("""providers: {own: {type: ollama, enabled: "${env:NONE:-false}"}}""", options: new GatewayFileOptions { Environment = _ => null }).Validate().ShouldBeEmpty();

    [Fact]
    public void Write_WhenATextEndsWithALine_KeepsTheLine() => global::Gateway.Configuration.Yaml.YamlText.Scalar("text\n").ShouldBe("\"text\\n\"");

    [Fact]
    public void Parse_WhenAKeyIsAReference_KeepsItsHashAlone()
    {
        var content = Parse("keys: {ci: {key: '${env:CI}'}}").Content.ToJsonString();

        content.ShouldContain("sha256:");
        content.ShouldNotContain("CI-KEY");
    }

    [Fact]
    public void ProcessSettings_WhenTheFileHasSome_AreKeysOfConfiguration()
    {
        const string Yaml =
            """
            providers: {a: {type: nothing, nonsense: 1}}
            telemetry: {otlp_endpoint: "http://collector:4317", metrics: {loopback: true, token: "${env:TOKEN}"}}
            classifier: {url: "http://triton:8000", timeout_ms: 80, fallback: token_length, labels: {router: [cheap, dear]}}
            """;
        var file = GatewayFile.ParseProcessSettings(Yaml, "gateway.yaml", new GatewayFileOptions { Environment = name => $"value of {name}" });

        file.Validate().ShouldBeEmpty();
        file.ProcessSettings.ShouldBe(
            new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317",
                ["Metrics:Loopback"] = "true",
                ["Metrics:Token"] = "value of TOKEN",
                ["Routing:Classifier:Url"] = "http://triton:8000",
                ["Routing:Classifier:TimeoutMs"] = "80",
                ["Routing:Classifier:Fallback"] = "tokenlength",
                ["Routing:Classifier:Labels:router:0"] = "cheap",
                ["Routing:Classifier:Labels:router:1"] = "dear",
            },
            ignoreOrder: true);
        GatewayFile.HideSecrets(file.ProcessSettings)["Metrics:Token"].ShouldBe("***");
    }

    [Fact]
    public void Validate_WhenReferencesAreNotResolved_LooksAtTheFormAlone()
    {
        var file = GatewayFile.Parse(
            "providers: {a: {type: openai, api_key: '${env:NOWHERE}', base_url: '${file:nowhere}'}}",
            options: new GatewayFileOptions { Environment = _ => null, ResolvesReferences = false });

        file.Validate().ShouldBeEmpty();
    }

    private static List<string> Faults(string yaml) => [.. Parse(yaml).Validate().Select(fault => fault.ToString())];

    private static GatewayFile Parse(string yaml)
        => GatewayFile.Parse(yaml, options: new GatewayFileOptions { Environment = name => name is "NOT" or "LIMIT" or "MISSING" ? null : name == "CI" ? "CI-KEY" : $"value of {name}" });
}
