using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Edge.Calls;
using Gateway.Simulator;
using RoutingService;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Tests.Translation;
using Xunit;

namespace Tests.Conformance;

/// <summary>
/// Every feature, from every client's format to every provider, as a stream and not: what comes out of it is the table in docs/conformance.md.
/// <c>GATEWAY_WRITE_CONFORMANCE=1</c> writes it anew.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Key = "sk-provider-key-0123456789";

    private static readonly (string What, string Reason)[] KnownFaults =
    [
        ("Responses, usage, mistral, stream", "the simulator says no usage unasked, as Mistral does"),
        ("Messages, usage, mistral, stream", "the simulator says no usage unasked, as Mistral does"),
        ("Responses, stopped by a filter, Anthropic", "Anthropic has one word for a refusal and a filter; Responses tells a refusal by its text, and here there is none"),
    ];

    private static readonly ClientFormat[] Formats = [ClientFormat.Chat, ClientFormat.Responses, ClientFormat.Messages];

    private readonly Databases _databases = new();
    private readonly List<string> _failures = [];
    private ModuleHost _host = null!;
    private SimulatorServer _simulator = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RecordedRequests = 10 }, TimeProvider.System, cancellationToken: Cancelled);
        _host = await ModuleHost.StartAsync("routing", await _databases.ConnectionStringAsync(Databases.Sqlite), builder =>
        {
            // Nobody moves the clock for a wait between two attempts.
            builder.Configuration["Routing:Retry:MaxAttempts"] = "1";
            builder.AddModelRouter();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task Table_OfWhatWasTried_IsTheOneInTheDocs()
    {
        _ = VendorSpecs.Book;
        var table = new ConformanceTable();
        foreach (var format in Formats)
        {
            foreach (var scenario in Scenarios.All)
            {
                foreach (var provider in SimulatedProvider.All)
                {
                    if (scenario.Request(format, provider) is { } members)
                    {
                        table.Add(
                            format, scenario.Name, provider.Name,
                            await TryAsync(format, scenario, provider, members, stream: false),
                            await TryAsync(format, scenario, provider, members, stream: true));
                    }
                }
            }
        }

        output.WriteLine($"{table.Calls} calls, {_failures.Count} failures");
        await File.WriteAllLinesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "translation")).FullName, "conformance-failures.txt"), _failures, Cancelled);
        _failures.Take(40).ShouldBeEmpty();
        var file = Path.Combine(Repository.Root, "docs", "conformance.md");
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_CONFORMANCE") == "1")
        {
            await File.WriteAllTextAsync(file, table.ToString(), Cancelled);
        }

        (await File.ReadAllTextAsync(file, Cancelled)).ShouldBe(table.ToString(), "run with GATEWAY_WRITE_CONFORMANCE=1 to write docs/conformance.md anew");
    }

    private async Task<Outcome> TryAsync(ClientFormat format, Scenario scenario, SimulatedProvider provider, string members, bool stream)
    {
        var what = $"{format}, {scenario.Name}, {provider.Name}{(stream ? ", stream" : "")}";
        // What one case did to a target is nothing to the next.
        var adapter = _host.Get<ProviderAdapters>().Get(provider.Type);
        _host.Get<RoutingTable>().Current = RoutingSnapshots.Of(new ProviderTarget(
            provider.Name, adapter, new Uri(_simulator.BaseAddress, provider.Path), IsLocal: true, new ProviderCredential(Key)) { Settings = provider.Settings });
        _simulator.Reset();
        _simulator.Script("*", scenario.Answer);
        var usage = stream && format == ClientFormat.Chat ? ",\"stream_options\":{\"include_usage\":true}" : "";
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{provider.Name}}/{{provider.Model}}",{{(stream ? $"\"stream\":true{usage}," : "")}}{{members}}}""");
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = format,
            Facts = FactsReader.Read(ClientFormats.Of(format), body),
            BodyLength = body.Length,
        };
        await using var dispatch = await _host.Get<IModelRouter>().DispatchAsync(request, body, Cancelled);
        if (dispatch.Head.Error is { } error)
        {
            return OfError(error, scenario, what);
        }

        var bytes = new MemoryStream();
        while (await dispatch.ReadAsync(Cancelled) is { IsEmpty: false } piece)
        {
            bytes.Write(piece.Span);
        }

        if (dispatch.End?.Error is { } broken)
        {
            _failures.Add($"{what}: broke off: {broken.Code} {broken.Message}");
            return Outcome.Native;
        }

        var losses = dispatch.End?.Losses ?? dispatch.Head.Losses ?? [];
        CheckRequest(scenario, provider, what, losses);
        CheckAnswer(format, scenario, what, bytes.ToArray(), stream);
        return OutcomeOf(scenario, losses);
    }

    private Outcome OfError(GatewayError error, Scenario scenario, string what)
    {
        if (scenario.ExpectedStatus is { } status)
        {
            var fits = status switch { 400 => error.Kind == GatewayErrorKind.UpstreamRejected, 429 => error.Kind == GatewayErrorKind.UpstreamRateLimited, _ => error.Kind == GatewayErrorKind.UpstreamFailed };
            if (!fits || error.UpstreamStatus != status)
            {
                _failures.Add($"{what}: {error.Kind} {error.UpstreamStatus} {error.Message}");
            }

            return Outcome.Native;
        }

        if (error.Kind != GatewayErrorKind.BadRequest || error.Code is not ("unsupported_parameter" or "unsupported_value"))
        {
            _failures.Add($"{what}: {error.Kind} {error.Code} {error.Param}: {error.Message}");
        }

        return Outcome.Refused;
    }

    private void CheckRequest(Scenario scenario, SimulatedProvider provider, string what, IReadOnlyList<string> losses)
    {
        var received = _simulator.Requests is [.., var last] ? last : null;
        if (received is null)
        {
            _failures.Add($"{what}: the provider was not asked");
            return;
        }

        _failures.AddRange(received.Violations.Where(violation => !SpecGaps.IsKnown(received.Spec!, violation)).Select(violation => $"{what}: {violation} in {received.BodyText}"));
        if (scenario.Marker?.Replace("{state}", provider.State, StringComparison.Ordinal) is { } marker
            && !received.BodyText.Contains(marker, StringComparison.Ordinal)
            && !received.BodyText.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(marker)), StringComparison.Ordinal)
            && !losses.Any(loss => scenario.Fields.Contains(loss[(loss.IndexOf(':', StringComparison.Ordinal) + 1)..])))
        {
            _failures.Add($"{what}: '{marker}' was lost in silence; reported is [{string.Join(", ", losses)}] of {received.BodyText}");
        }
    }

    private void CheckAnswer(ClientFormat format, Scenario scenario, string what, byte[] answer, bool stream)
    {
        var client = ClientDialect.All.Single(dialect => dialect.Name.Equals(format.ToString(), StringComparison.OrdinalIgnoreCase));
        var events = new List<Gateway.Llm.Canonical.StreamEvent>();
        if (stream)
        {
            events = AnswerReading.ReadStream(client.CreateReader(), answer);
        }
        else
        {
            client.ReadBody(answer, events);
        }

        if (scenario.Check(new AnswerSummary(events)) is { } fault && !KnownFaults.Any(known => what.StartsWith(known.What, StringComparison.Ordinal)))
        {
            _failures.Add($"{what}: {fault}");
        }
    }

    private static Outcome OutcomeOf(Scenario scenario, IReadOnlyList<string> losses)
    {
        var own = losses.Where(loss => scenario.Fields.Contains(loss[(loss.IndexOf(':', StringComparison.Ordinal) + 1)..])).ToList();
        return own.Exists(loss => loss.StartsWith("dropped:", StringComparison.Ordinal)) ? Outcome.Dropped
            : own.Exists(loss => loss.StartsWith("changed:", StringComparison.Ordinal)) ? Outcome.Changed
            : own.Count > 0 ? Outcome.Emulated
            : Outcome.Native;
    }
}
