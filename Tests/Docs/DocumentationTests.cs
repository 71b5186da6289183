using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Simulator;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Docs;

/// <summary>Every curl of the documents is run by a shell, as it is written, against a gateway; what is not there here is mapped in this place alone.</summary>
public sealed partial class DocumentationTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    /// <summary>What a reader has, and the documents count on: providers by these names, which the simulator stands in for.</summary>
    private static readonly (string Name, string Type, string Path)[] Providers =
        [("openai", "openai", "v1"), ("azure", "openai_compatible", "v1"), ("anthropic", "anthropic", "")];

    /// <summary>What the documents have a reader write into .env.</summary>
    private const string ClientKey = "a-key-for-your-client";

    private readonly UpstreamSimulator _simulator = simulator;

    public static TheoryData<string> Files => [.. DocumentedCommands.Files()];

    [Fact]
    public void Documents_WhenSearched_HaveCommands() => DocumentedCommands.Files().Count().ShouldBeGreaterThan(5);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Commands_WhenRunAsWritten_Work(string file)
    {
        var blocks = DocumentedCommands.Blocks(Path.Combine(Repository.Root, file));
        await using var documented = await SimulatorServer.StartAsync(new SimulatorOptions(), TimeProvider.System, cancellationToken: Cancelled);
        await using var gateway = await ClockedGateway.StartNewAsync(replace: builder => builder.Configuration["AUTH_KEY_01"] = ClientKey);
        var caller = Use(gateway);
        var (keyId, key) = await caller.CreateKeyAsync();
        var project = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = "of the reader" });
        await AddProvidersAsync(caller, string.Concat(blocks));
        var environment = new Dictionary<string, string>
        {
            ["ADMIN_KEY"] = gateway.AdminKey,
            ["GATEWAY_ADMIN_KEY"] = gateway.AdminKey,
            ["GATEWAY_KEY"] = key,
            ["GW_KEY"] = key,
            ["KEY_ID"] = keyId,
            ["PROJECT_ID"] = project.Json["id"]!.GetValue<string>(),
            ["GATEWAY"] = gateway.EdgeUrl.GetLeftPart(UriPartial.Authority),
            ["OPENAI_API_KEY"] = "sk-openai-1234",
            ["ANTHROPIC_API_KEY"] = "sk-ant-1234",
        };

        var output = await RunAsync(Script(blocks, gateway.EdgeUrl, documented.BaseAddress), environment);

        var answers = Status().Matches(output).Select(match => (Block: int.Parse(match.Groups["block"].Value, null), Status: int.Parse(match.Groups["status"].Value, null))).ToList();
        for (var block = 0; block < blocks.Count; block++)
        {
            var statuses = answers.Where(answer => answer.Block == block).Select(answer => answer.Status).ToList();
            statuses.Count.ShouldBeGreaterThanOrEqualTo(DocumentedCommands.Count(blocks[block]), $"{file}\n{blocks[block]}\n{output}");
            statuses.Where(status => status is < 200 or > 299).ShouldBe(DocumentedCommands.Refusals(blocks[block]), $"{file}\n{blocks[block]}\n{output}");
        }
    }

    /// <summary>Those that the document does not make itself.</summary>
    private async Task AddProvidersAsync(Caller caller, string commands)
    {
        foreach (var (name, type, path) in Providers.Where(provider => !Regex.IsMatch(commands, $"\"name\": ?\"{provider.Name}\"")))
        {
            await caller.AddProviderAsync(name, new Uri(_simulator.Server.BaseAddress, path), Caller.Unique("sk-upstream"), type: type);
        }
    }

    /// <summary>One shell for a document: what a block sets, the next ones have. Each answer's status goes to the error output, with the number of its block.</summary>
    private static string Script(IReadOnlyList<string> blocks, Uri gateway, Uri simulator)
    {
        var script = new StringBuilder();

        // A stream that never ends is read for a moment.
        script.AppendLine("curl() { command curl --noproxy '*' --max-time 20 $([[ \" $* \" == *' -N '* ]] && echo --max-time 5) -sS -w \"%{stderr}\\n[$BLOCK] HTTP %{http_code}\\n\" \"$@\"; }");

        // The gateway runs already; other programs are not what is tested.
        foreach (var program in (string[])["dotnet", "docker", "gateway", "npx", "dnx", "claude", "codex", "sleep"])
        {
            script.AppendLine($"{program}() {{ :; }}");
        }

        for (var block = 0; block < blocks.Count; block++)
        {
            script.AppendLine($"BLOCK={block}");

            // A key that the reader is to fill in is in the environment.
            script.AppendLine(Placeholder().Replace(blocks[block], "").Replace("localhost:8080", gateway.Authority, StringComparison.Ordinal)
                .Replace("127.0.0.1:9100", simulator.Authority, StringComparison.Ordinal));
        }

        return script.ToString();
    }

    private static async Task<string> RunAsync(string script, Dictionary<string, string> environment)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-docs-");
        try
        {
            var start = new ProcessStartInfo("bash", ["-s"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.FullName,
            };
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            using var shell = Process.Start(start)!;
            var (output, errors) = (shell.StandardOutput.ReadToEndAsync(Cancelled), shell.StandardError.ReadToEndAsync(Cancelled));
            await shell.StandardInput.WriteAsync(script.AsMemory(), Cancelled);
            shell.StandardInput.Close();
            await shell.WaitForExitAsync(Cancelled);
            return $"{await output}\n{await errors}";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"^(?:export )?\w+=\S*….*$", RegexOptions.Multiline)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\[(?<block>\d+)\] HTTP (?<status>\d+)", RegexOptions.Multiline)]
    private static partial Regex Status();
}
