using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Reconciliation;
using Xunit;

namespace Tests.Reconciliation;

/// <summary>Exports as the vendors describe them, made by hand, and the gateway's books beside them.</summary>
public sealed class ReconciliationTests : IAsyncLifetime
{
    private const string OpenAIUsage =
        """
        {"object":"page","data":[
          {"object":"bucket","start_time":1767225600,"end_time":1767312000,"results":[
            {"object":"organization.usage.completions.result","input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"num_model_requests":2,"model":"gpt-4o-2024-08-06"},
            {"object":"organization.usage.completions.result","input_tokens":10,"output_tokens":5,"input_cached_tokens":0,"num_model_requests":1,"model":"o3-2025-04-16"}]},
          {"object":"bucket","start_time":1893456000,"end_time":1893542400,"results":[
            {"object":"organization.usage.completions.result","input_tokens":7,"output_tokens":7,"num_model_requests":1,"model":"gpt-4o"}]}],
         "has_more":false,"next_page":null}
        """;

    private readonly Databases _databases = new();
    private LoopbackApp _app = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await StartAsync(Databases.Sqlite);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _databases.DisposeAsync();
    }

    [Fact]
    public async Task Usage_OfOpenAI_IsComparedByModelAndBucket()
    {
        var report = await CompareAsync("openai", OpenAIUsage);

        report["ignored_lines"]!.GetValue<int>().ShouldBe(4);
        RowsOf(report).ShouldBe(
        [
            "gpt-4o cache_read 800 800 0 0",
            "gpt-4o input 200 200 0 0",
            "gpt-4o output 500 500 0 0",
            "gpt-4o requests 2 2 0 0",
            "o3 cache_read 0 0 0 ",
            "o3 input 10 0 10 100",
            "o3 output 5 0 5 100",
            "o3 requests 1 0 1 100",
        ]);
    }

    [Fact]
    public async Task Usage_OnTheOtherDatabase_IsTheSame()
    {
        var report = await CompareAsync("openai", OpenAIUsage);
        await using var other = await StartAsync(Databases.Postgres);
        var sqlite = _app;
        _app = other;

        var again = await CompareAsync("openai", OpenAIUsage);

        _app = sqlite;
        again.ToJsonString().ShouldBe(report.ToJsonString());
    }

    [Fact]
    public async Task Costs_OfOpenAI_AreComparedByModel()
    {
        const string Costs =
            """
            {"object":"page","data":[{"object":"bucket","start_time":1767225600,"end_time":1767312000,"results":[
              {"object":"organization.costs.result","amount":{"value":0.003,"currency":"usd"},"line_item":"gpt-4o-2024-08-06, input"},
              {"object":"organization.costs.result","amount":{"value":0.002,"currency":"usd"},"line_item":"gpt-4o-2024-08-06, output"}]}]}
            """;

        RowsOf(await CompareAsync("openai", Costs)).ShouldBe(["gpt-4o cost 0.005 0.004 0.001 20"]);
        RowsOf(await CompareAsync("openai", Costs.Replace("\"line_item\":\"gpt-4o-2024-08-06, input\"", "\"line_item\":null", StringComparison.Ordinal)
            .Replace("\"line_item\":\"gpt-4o-2024-08-06, output\"", "\"line_item\":null", StringComparison.Ordinal))).ShouldBe(["* cost 0.005 0.004 0.001 20"]);
    }

    [Theory]
    [InlineData(
        """
        {"data":[{"starting_at":"2026-01-01T00:00:00Z","ending_at":"2026-01-02T00:00:00Z","results":[
          {"uncached_input_tokens":1,"cache_creation":{"ephemeral_1h_input_tokens":4,"ephemeral_5m_input_tokens":3},"cache_read_input_tokens":2,"output_tokens":6,
           "server_tool_use":{"web_search_requests":0},"model":"claude-sonnet-4-5-20250929","service_tier":"standard","context_window":"0-200k"}]}],"has_more":false,"next_page":null}
        """)]
    [InlineData(
        "usage_date_utc,model_version,api_key,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens\r\n"
            + "2026-01-01,claude-sonnet-4-5-20250929,\"a, \"\"b\"\"\nc\",1,3,4,2,6\r\n")]
    public async Task Usage_OfAnthropic_IsComparedByBucket(string export)
        => RowsOf(await CompareAsync("anthropic", export)).ShouldBe(
        [
            "claude-sonnet-4-5 cache_read 2 2 0 0",
            "claude-sonnet-4-5 cache_write_1h 4 4 0 0",
            "claude-sonnet-4-5 cache_write_5m 3 3 0 0",
            "claude-sonnet-4-5 input 1 1 0 0",
            "claude-sonnet-4-5 output 6 5 1 16.6667",
        ]);

    [Fact]
    public async Task Costs_OfAnthropic_AreInCents()
        => RowsOf(await CompareAsync("anthropic", """{"data":[{"starting_at":"2026-01-01T00:00:00Z","results":[{"currency":"USD","amount":"12.3","model":"claude-sonnet-4-5-20250929","cost_type":"tokens"}]}]}"""))
            .ShouldBe(["claude-sonnet-4-5 cost 0.123 0.123 0 0"]);

    [Fact]
    public async Task Csv_OfOpenAI_IsReadByTheNamesOfItsColumns()
        => RowsOf(await CompareAsync("openai", "\uFEFFstart_time,model,input_tokens,output_tokens,input_cached_tokens,input_cache_write_tokens\n1767225600,gpt-4o,1000,500,800,50\n"))
            .ShouldBe(["gpt-4o cache_read 800 800 0 0", "gpt-4o cache_write_5m 50 50 0 0", "gpt-4o input 150 150 0 0", "gpt-4o output 500 500 0 0"]);

    [Theory]
    [InlineData("")]
    [InlineData("   \r\n ")]
    [InlineData("hello")]
    [InlineData("<html><body>Sign in</body></html>")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("{\"data\":{}}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600}]}")]
    [InlineData("{\"data\":[{\"start_time\":\"soon\",\"results\":[]}]}")]
    [InlineData("{\"data\":[]}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600,\"results\":[{\"input_tokens\":-1}]}]}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600,\"results\":[{\"input_tokens\":1e400}]}]}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600,\"results\":[{\"input_tokens\":\"=1+1\"}]}]}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600,\"results\":[{\"input_tokens\":5,\"input_cached_tokens\":6}]}]}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600,\"results\":[{\"amount\":{\"value\":1,\"currency\":\"eur\"}}]}]}")]
    [InlineData("{\"data\":[{\"start_time\":1767225600,\"results\":[{\"characters\":5}]}]}")]
    [InlineData("start_time,model,input_tokens\n1767225600,gpt-4o,=1+1\n")]
    [InlineData("start_time,model,input_tokens\n1767225600,gpt-4o,-5\n")]
    [InlineData("start_time,model,input_tokens\n1767225600,gpt-4o\n")]
    [InlineData("start_time,model,input_tokens\n=NOW(),gpt-4o,5\n")]
    [InlineData("start_time,model,input_tokens\n1767225600,\"gpt-4o,5\n")]
    [InlineData("start_time,model,input_tokens\n1767225600,gpt\u0007-4o,5\n")]
    [InlineData("start_time,model,tokens\n1767225600,gpt-4o,5\n")]
    public async Task Export_WhenItIsNone_IsRefused(string export)
        => (await SendAsync("openai", Encoding.UTF8.GetBytes(export))).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Export_WhenItIsTooLong_IsRefused()
    {
        var (status, text) = await SendAsync("openai", new byte[ExportReader.MaxBytes + 1]);

        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("longer than");
        (await SendAsync("openai", [0xFF, 0xFE, 0x00])).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("from=2026-01-01&to=2026-01-02")]
    [InlineData("provider=openai&to=2026-01-02")]
    [InlineData("provider=openai&from=2026-01-01T00:00:00Z&to=2026-01-02")]
    [InlineData("provider=openai&from=2026-01-02&to=2026-01-02")]
    [InlineData("provider=openai&from=2024-01-01&to=2026-01-02")]
    public async Task Days_WhenTheyAreWrong_AreRefused(string query)
    {
        using var content = new StringContent(OpenAIUsage);
        using var response = await _app.Client.PostAsync(new Uri($"/admin/reconciliation?{query}", UriKind.Relative), content, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<LoopbackApp> StartAsync(string database)
    {
        var connectionString = await _databases.ConnectionStringAsync(database);
        var app = await LoopbackApp.StartAsync(
            builder =>
            {
                builder.Configuration["ConnectionStrings:usage"] = connectionString;
                builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
                builder.Configuration[SecretSetting.MasterKey] = SecretSetting.Create();
                builder.AddUsageLog();
            },
            app => app.MapUsageAdmin());
        await app.Services.GetRequiredService<IUsageLog>().RecordAsync(
            [
                Call("openai", "gpt-4o", new TokenUsage { Input = 150, CacheRead = 300, CacheWrite5Minutes = 50, Output = 100, Reasoning = 150 }, 1_500_000),
                Call("openai", "gpt-4o-2024-08-06", new TokenUsage { Input = 0, CacheRead = 500, Output = 250 }, 2_500_000),
                Call("openai", "gpt-4o", new TokenUsage { Input = 9999 }, 1, day: 2),
                Call("openai", "gpt-4o", new TokenUsage { Input = 9999 }, 1, source: UsageSource.Unknown),
                Call("anthropic", "claude-sonnet-4-5", new TokenUsage { Input = 1, CacheRead = 2, CacheWrite5Minutes = 3, CacheWrite1Hour = 4, Output = 5 }, 123_000_000),
            ],
            Cancelled);
        return app;
    }

    private static string[] RowsOf(JsonNode report) =>
        [.. report["data"]!.AsArray().Select(row => $"{row!["model"]} {row["bucket"]} {Plain(row["theirs"])} {Plain(row["ours"])} {Plain(row["difference"])} {Plain(row["percent"])}")];

    private static string Plain(JsonNode? number) => number is null ? "" : number.GetValue<decimal>().ToString("0.##########", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonNode> CompareAsync(string provider, string export)
    {
        var (status, text) = await SendAsync(provider, Encoding.UTF8.GetBytes(export));
        status.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(string provider, byte[] export)
    {
        using var content = new ByteArrayContent(export);
        using var response = await _app.Client.PostAsync(new Uri($"/admin/reconciliation?provider={provider}&from=2026-01-01&to=2026-01-02", UriKind.Relative), content, Cancelled);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static CallRecord Call(string provider, string model, TokenUsage usage, long nanoUsd, int day = 1, UsageSource source = UsageSource.Provider) => new()
    {
        Id = Guid.NewGuid(),
        RequestId = $"req_{Guid.NewGuid():N}",
        CreatedAt = new DateTime(2026, 1, day, 12, 0, 0, DateTimeKind.Utc),
        RequestedModel = "alias",
        Provider = provider,
        UpstreamModel = model,
        Usage = usage,
        UsageSource = source,
        Cost = new NanoUsd(nanoUsd),
        Attempts = [new AttemptRecord { Id = Guid.NewGuid(), Provider = provider, UpstreamModel = model, Usage = usage, UsageSource = source, Cost = new NanoUsd(nanoUsd) }],
    };
}
