using System.Text;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Gateway.Contracts.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

/// <summary>One call through the whole application, as the real dashboard shows it.</summary>
public sealed class GatewayTraceTests
{
    private const string DashboardKey = "trace-test";

    [Fact]
    public async Task StreamedCall_ThroughTheAppHost_IsOneTraceOfAllServices()
    {
        var directory = Directory.CreateTempSubdirectory("gateway-");
        var key = VirtualKeySecret.Create();
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [$"--Gateway:DataDirectory={directory.FullName}", $"--Gateway:DevelopmentKey={key}", $"--AppHost:DashboardApiKey={DashboardKey}"],
            (options, _) => options.DisableDashboard = false,
            Deadline.Token());
        var log = new DashboardTestLog();
        builder.Services.AddLogging(logging => logging.AddProvider(log));
        await using var application = await builder.BuildAsync(Deadline.Token());
        await application.StartAsync(Deadline.Token());
        if (log.Texts.FirstOrDefault(text => text.StartsWith("Now listening on: ", StringComparison.Ordinal)) is not { } listening)
        {
            Assert.Skip("No Aspire dashboard on this machine: see docs/dashboard.md.");
            return;
        }

        await application.ResourceNotifications.WaitForResourceHealthyAsync("edge", Deadline.Token());
        using var client = application.CreateHttpClient("edge");
        (await StreamAsync(client, key)).ShouldEndWith("data: [DONE]\n\n");

        var spans = await WaitForTraceAsync(
            listening["Now listening on: ".Length..],
            [
                ("edge", "POST /v1/chat/completions"), ("keyservice", "POST /internal/admit"), ("routingservice", "POST /internal/dispatch"),
                ("routingservice", "chat echo"), ("usageservice", "record call"),
            ]);

        spans.Select(span => span.TraceId).Distinct().ShouldHaveSingleItem();
        var edge = spans.Single(span => span is { Service: "edge", Name: "POST /v1/chat/completions" });
        edge.ParentId.ShouldBeEmpty();
        Chain(spans, spans.Single(span => span is { Service: "keyservice", Name: "POST /internal/admit" })).ShouldContain(edge);
        var dispatch = spans.Single(span => span is { Service: "routingservice", Name: "POST /internal/dispatch" });
        Chain(spans, dispatch).ShouldContain(edge);
        var attempt = spans.Single(span => span is { Service: "routingservice", Name: "chat echo" });
        Chain(spans, attempt).ShouldContain(dispatch);
        attempt.Attributes.ShouldContain("gen_ai.usage.output_tokens");
        Chain(spans, spans.Single(span => span is { Service: "usageservice", Name: "record call" })).ShouldContain(edge);
    }

    private static async Task<string> StreamAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Headers = { { "Authorization", $"Bearer {key}" } },
            Content = new StringContent(
                """{"model":"echo","stream":true,"messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json"),
        };
        using var response = await client.SendAsync(request, Deadline.Token());
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Deadline.Token());
    }

    /// <summary>Exporters send once a second, and what is recorded after the call comes last.</summary>
    private static async Task<IReadOnlyList<Span>> WaitForTraceAsync(string dashboard, IReadOnlyList<(string Service, string Name)> wanted)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "x-api-key", DashboardKey } } };
        while (true)
        {
            Deadline.Token().ThrowIfCancellationRequested();
            using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri($"{dashboard}/api/telemetry/spans"), Deadline.Token()));
            var spans = Read(document.RootElement).ToList();
            var trace = spans.FirstOrDefault(span => span.Name == "POST /v1/chat/completions")?.TraceId;
            var ofTrace = spans.Where(span => span.TraceId == trace).ToList();
            if (wanted.All(one => ofTrace.Any(span => (span.Service, span.Name) == one)))
            {
                return ofTrace;
            }

            await Task.Delay(250, Deadline.Token());
        }
    }

    private static IEnumerable<Span> Read(JsonElement root)
        => from resource in root.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
           let service = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
               .First(attribute => attribute.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString()
           from scope in resource.GetProperty("scopeSpans").EnumerateArray()
           from span in scope.GetProperty("spans").EnumerateArray()
           select new Span(
               service,
               span.GetProperty("name").GetString()!,
               span.GetProperty("traceId").GetString()!,
               span.GetProperty("spanId").GetString()!,
               span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString()! : "",
               span.TryGetProperty("attributes", out var attributes) ? attributes.GetRawText() : "");

    /// <summary>The spans above one, up to the root.</summary>
    private static IEnumerable<Span> Chain(IReadOnlyList<Span> spans, Span span)
    {
        for (var above = span; above is not null; above = spans.FirstOrDefault(candidate => candidate.SpanId == above.ParentId))
        {
            yield return above;
        }
    }

    private sealed record Span(string Service, string Name, string TraceId, string SpanId, string ParentId, string Attributes);
}
