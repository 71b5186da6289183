using System.Text;
using Gateway.Llm.Canonical;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using RoutingService.Automatic;
using Shouldly;
using Tests.Compat;
using Tests.TestKit;

namespace Tests.Automatic;

/// <summary>The automatic router as its module makes it, with a clock that the test moves.</summary>
internal sealed class RouterScenario : IAsyncDisposable
{
    public static readonly Guid Key = Guid.Parse("0197b5a0-0000-7000-8000-000000000001");

    private readonly ModuleHost _host;

    private RouterScenario(ModuleHost host) => _host = host;

    public ManualClock Clock => _host.Clock;

    public AutomaticRouter Router => _host.Get<AutomaticRouter>();

    public AutomaticRoute Route { get; set; } = Parse("""{"tiers": {"simple": "small", "medium": "middle", "complex": "large"}}""");

    /// <summary>Without a server the heuristic decides.</summary>
    public static async Task<RouterScenario> StartAsync(KServeServer? server, bool warmUp = false, params (string Name, string Value)[] settings)
        => new(await ModuleHost.StartAsync("none", "", builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{ClassifierOptions.Section}:{setting.Name}", (string?)setting.Value)));
            if (server is not null)
            {
                builder.Configuration.AddInMemoryCollection([KeyValuePair.Create($"{ClassifierOptions.Section}:Url", (string?)server.Url.ToString())]);
            }

            builder.AddAutomaticRouting();
            if (!warmUp)
            {
                builder.Services.RemoveAll<IHostedService>();
            }
        }));

    public static AutomaticRoute Parse(string json)
    {
        AutomaticRouteFields.TryParse(Encoding.UTF8.GetBytes(json), out var route, out var faults).ShouldBeTrue(string.Join(", ", faults));
        return route!;
    }

    public static AutomaticPrompt Prompt(string text) => Prompt(new LlmMessage(LlmRole.User, text));

    public static AutomaticPrompt Prompt(params LlmMessage[] messages) => AutomaticPrompt.From(new LlmRequest { Model = "auto", Messages = messages });

    public Task<RoutingDecision> DecideAsync(string text) => DecideAsync(Prompt(text));

    public Task<RoutingDecision> DecideAsync(AutomaticPrompt prompt, Guid? key = null)
        => Router.DecideAsync(Route, prompt, key ?? Key, TimeLimit.Token()).AsTask();

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
