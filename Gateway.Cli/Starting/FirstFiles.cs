using System.Text;
using Gateway.Contracts.Keys;
using ServiceDefaults.Settings;

namespace Gateway.Cli.Starting;

/// <summary>What <c>gateway.yaml</c> and <c>.env</c> say at first: what the environment offers, and beside it what else could stand there.</summary>
internal static class FirstFiles
{
    public static string WriteYaml(IReadOnlyList<KnownProvider> providers)
    {
        var text = new StringBuilder(
            """
            # yaml-language-server: $schema=http://localhost:8080/schemas/gateway.json
            # What this gateway has, beside what the admin API tells it. To try a change:
            #   gateway validate              is the file right?
            #   gateway plan                  what would change in the gateway that runs?
            #   gateway apply                 change it
            # 'gateway serve --config gateway.yaml' follows this file by itself: a change acts when it is saved.
            # Secrets stay outside: ${env:NAME} is a variable, of the environment or of .env here; ${file:PATH} is a file.

            # Who answers. The provider 'simulated' is built in: it needs no key, and what it costs is play money.
            providers:

            """);
        foreach (var provider in KnownProvider.All.Where(known => providers.Contains(known) || (providers.Count == 0 && known.Name is "openai" or "anthropic")))
        {
            // Without a key a provider would be refused: it waits behind a comment.
            var mark = providers.Contains(provider) ? "" : "# ";
            text.Append("  ").Append(mark).Append(provider.Name).Append(":\n");
            text.Append("  ").Append(mark).Append("  type: ").Append(provider.Name).Append('\n');
            text.Append("  ").Append(mark).Append("  api_key: ${env:").Append(provider.Variable).Append("}\n");
        }

        if (providers.Count == 0)
        {
            text.Replace("providers:\n", "providers: {}\n");
        }

        var (target, model) = providers is [var first, ..] ? (first.Name, first.Model) : ("simulated", "lorem");
        return text.Append(
            $$"""

            # What clients ask for. 'provider/model' works without being named here.
            models:
              fast:
                provider: {{target}}
                model: {{model}}
              # One target, and another for when it fails; or several by weight: docs/routing.md
              # smart:
              #   routing_type: fallback
              #   routing_config:
              #     primary: {provider: {{target}}, model: {{model}}}
              #     fallback: [{provider: anthropic, model: claude-sonnet-4-5}]

            # Who pays. A project's limits and budget are for all of its keys together.
            projects:
              default:
                budget_limit: 50
                budget_period: monthly

            # What clients call with.
            keys:
              first:
                project: default
                key: ${env:GATEWAY_KEY}
                rpm_limit: 60
                budget_limit: 5
                budget_period: daily

            """).ToString();
    }

    /// <param name="providers">Those whose keys are in the environment: they need not be here.</param>
    public static string WriteEnv(IReadOnlyList<KnownProvider> providers)
    {
        var text = new StringBuilder(
            $"""
            # Read by 'gateway' in this directory, below the real environment. It holds secrets: not for version control.

            # The first administrator's key: of the gateway, and of the commands that talk to it.
            {SecretSetting.EnvironmentName(AdminKeySetting.Name)}={AdminKeySetting.Create()}

            # The virtual key 'first' of gateway.yaml.
            GATEWAY_KEY={VirtualKeySecret.Create()}

            # Keys of providers. What is set here makes a provider of that name, in gateway.yaml or not.

            """);
        foreach (var provider in KnownProvider.All)
        {
            text.Append("# ").Append(provider.Variable).Append('=').Append(providers.Contains(provider) ? "   (is set in the environment)" : "").Append('\n');
        }

        return text.ToString();
    }
}
