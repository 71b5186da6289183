using Gateway.Simulator.Control;
using Gateway.Simulator.Exchanges;
using Gateway.Simulator.Fixtures;
using Gateway.Simulator.Ledger;
using Gateway.Simulator.Protocols;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Sending;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Simulator;

/// <summary>The simulator as a web application: the same in a process of its own and inside a test.</summary>
internal sealed class SimulatorApplication
{
    private static readonly IProtocol[] Protocols = [new OpenAIChat(), new OpenAIText(), new OpenAIResponses(), new AzureOpenAI(), new AnthropicMessages(), new Gemini(), new Bedrock()];

    private SimulatorApplication(WebApplication web, ScriptBook scripts, RequestLedger ledger)
    {
        Web = web;
        Scripts = scripts;
        Ledger = ledger;
    }

    public WebApplication Web { get; }

    public ScriptBook Scripts { get; }

    public RequestLedger Ledger { get; }

    public static SimulatorApplication Build(WebApplicationBuilder builder, SimulatorOptions options, TimeProvider time)
    {
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            // A broken answer is written to the socket itself, which only HTTP/1.1 has to itself.
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        });

        var web = builder.Build();
        var scripts = new ScriptBook { RequireScripts = options.RequireScripts };
        var ledger = new RequestLedger(options.RecordedRequests, time);
        var resolver = new AnswerResolver(new FixtureFolders([.. options.FixtureFolders]));
        var exchange = new ModelExchange(scripts, ledger, resolver, time, web.Lifetime);

        web.UseRecording(ledger);
        web.UseCallerLeaving();
        foreach (var protocol in Protocols)
        {
            protocol.Map(web, context => exchange.HandleAsync(context, protocol));
        }

        web.MapControl(scripts, ledger);
        web.MapFallback(UnknownPath.Answer);
        return new SimulatorApplication(web, scripts, ledger);
    }
}
