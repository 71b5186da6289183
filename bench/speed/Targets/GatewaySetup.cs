using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Bench.Speed.Load;

namespace Bench.Speed.Targets;

/// <summary>Makes providers, models with prices, and a key with a limit and a budget of every kind, by the admin API.</summary>
internal sealed class GatewaySetup(Uri gateway, string adminKey, Uri upstream, bool isEverythingOn)
{
    /// <summary>Waits between two chunks, in milliseconds, that the aliases offer.</summary>
    private static readonly int[] Delays = [0, 100, 1000];

    private const string AllocatedMetric = "dotnet_gc_heap_total_allocated";
    private const string CompilingMetric = "dotnet_jit_compilation_time";

    private static readonly (string Name, string Path)[] Providers = [("openai", "/v1"), ("anthropic", ""), ("gemini", "/v1beta")];

    /// <summary>For the run, like the target.</summary>
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>Passed through where the provider speaks what the client does.</summary>
    public static string Alias(Traffic traffic, int delayMs) => $"{ProviderOf(traffic)}-d{delayMs}";

    public static async Task<bool> IsReadyAsync(IEnumerable<int> ports, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var port in ports)
            {
                using var response = await Client.GetAsync(new Uri($"http://127.0.0.1:{port}/health"), cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    return false;
                }
            }

            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>What the runtimes of all its processes have counted; null where metrics are off.</summary>
    public static async Task<RuntimeReading?> ReadRuntimeAsync(IEnumerable<int> ports, string metricsToken, CancellationToken cancellationToken)
    {
        var sum = new RuntimeReading(0, 0);
        foreach (var port in ports)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/metrics"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", metricsToken);
            using var response = await Client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            var lines = (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n');
            sum = new(sum.AllocatedBytes + (long)Value(lines, AllocatedMetric), sum.CompilingSeconds + Value(lines, CompilingMetric));
        }

        return sum;
    }

    private static double Value(string[] lines, string metric)
        => Array.Find(lines, line => line.StartsWith(metric, StringComparison.Ordinal)) is { } line
            ? double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{metric} is not among the metrics.");

    /// <summary>The secret of the key.</summary>
    public async Task<string> CreateAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, path) in Providers)
        {
            await PostAsync("/admin/providers", new JsonObject
            {
                ["name"] = name, ["type"] = name, ["base_url"] = new Uri(upstream, path).AbsoluteUri.TrimEnd('/'), ["api_key"] = "sk-bench", ["local"] = true,
            }, cancellationToken);
            foreach (var delay in Delays)
            {
                await PostAsync("/admin/models", new JsonObject
                {
                    ["alias"] = $"{name}-d{delay}", ["provider"] = name, ["model"] = $"bench-d{delay}", ["input_cost_per_million"] = 0.15m, ["output_cost_per_million"] = 0.6m,
                }, cancellationToken);
            }
        }

        var project = Limited("bench");
        var key = Limited("bench");
        key["project_id"] = (await PostAsync("/admin/projects", project, cancellationToken))["id"]!.GetValue<string>();
        return (await PostAsync("/admin/keys", key, cancellationToken))["key"]!.GetValue<string>();
    }

    private static string ProviderOf(Traffic traffic) => traffic switch
    {
        { Format: ClientFormat.Chat, Translated: true } or { Format: ClientFormat.Messages, Translated: false } => "anthropic",
        { Format: ClientFormat.Responses, Translated: true } => "gemini",
        _ => "openai",
    };

    /// <summary>Limits that nothing reaches and that are kept all the same.</summary>
    private JsonObject Limited(string name) => isEverythingOn
        ? new JsonObject
        {
            ["name"] = name, ["rpm_limit"] = 100_000_000, ["tpm_limit"] = 100_000_000_000, ["max_parallel"] = 100_000, ["budget_limit"] = 1_000_000, ["budget_period"] = "daily",
        }
        : new JsonObject { ["name"] = name };

    private async Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        using var response = await Client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"POST {path}: {(int)response.StatusCode} {text}");
    }
}
