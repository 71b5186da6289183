using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ServiceDefaults.Http;
using UsageService.History;

namespace UsageService.RequestLog;

/// <summary>The log as a file, oldest first, in as much memory as one page takes.</summary>
internal static class LogExport
{
    private const int FlushChars = 64 * 1024;

    private static readonly string[] CsvColumns =
    [
        "id", "request_id", "created_at", "key_id", "key_name", "project_id", "project_name", "api_format", "requested_model", "provider", "upstream_model",
        "routing_type", "routing_tier", "attempts", "fallback_used", "stream", "status_code", "error_type", "refused", "prompt_tokens", "completion_tokens",
        "total_tokens", "input_tokens", "cache_read_tokens", "cache_write_5_minutes_tokens", "cache_write_1_hour_tokens", "audio_input_tokens",
        "image_input_tokens", "output_tokens", "reasoning_tokens", "audio_output_tokens", "usage_source", "cost", "price_row", "service_tier", "latency_ms",
        "first_token_ms", "overhead_ms", "client", "end_user", "tags", "trace_id",
    ];

    public static async Task<IResult> RunAsync(HttpContext context, CallReader reader)
    {
        var query = new PageQuery(context.Request);
        var (filter, format) = ReadQuery(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var row = new CsvRow();
        Func<LoggedCall, string> write = format switch
        {
            "csv" => call => WriteCsv(row, call),
            "jsonl" => call => JsonSerializer.Serialize(CallView.From(call), json) + "\n",
            _ => HistoryLine.Write,
        };
        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8; header=present" : "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"calls.{(format == "csv" ? "csv" : "jsonl")}\"";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await SendAsync(context.Response, format == "csv" ? Header() : "", reader.ReadAllAsync(filter, context.RequestAborted), write, context.RequestAborted);
        return Results.Empty;
    }

    public static (CallFilter Filter, string Format) ReadQuery(PageQuery query)
    {
        var read = (new CallFilter(query, isExport: true), query.Choice("format", "csv", "jsonl", "history") ?? "csv");
        query.Only(CallFilter.Names);
        return read;
    }

    private static async Task SendAsync(
        HttpResponse response, string head, IAsyncEnumerable<LoggedCall> calls, Func<LoggedCall, string> write, CancellationToken cancellationToken)
    {
        // The caller need not wait for a full buffer to know that it comes.
        await response.StartAsync(cancellationToken);
        await using var output = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushChars, leaveOpen: true);
        await output.WriteAsync(head.AsMemory(), cancellationToken);
        await foreach (var call in calls)
        {
            await output.WriteAsync(write(call).AsMemory(), cancellationToken);
        }
    }

    private static string Header() => string.Join(',', CsvColumns) + "\r\n";

    private static string WriteCsv(CsvRow row, LoggedCall call)
    {
        var usage = call.Usage;
        row.Add<Guid>(call.Id).Add(call.RequestId).Add<DateTime>(call.CreatedAt).Add(call.KeyId).Add(call.KeyName).Add(call.ProjectId).Add(call.ProjectName);
        row.Add(call.Format).Add(call.RequestedModel).Add(call.Provider).Add(call.UpstreamModel).Add(call.RoutingType).Add(call.RoutingTier);
        row.Add<int>(call.Attempts.Count).Add(call.IsFallback).Add(call.Stream).Add<int>(call.StatusCode).Add(call.ErrorCode).Add(call.IsRefused);
        row.Add<long>(usage.PromptTokens).Add<long>(usage.CompletionTokens).Add<long>(usage.PromptTokens + usage.CompletionTokens);
        row.Add<long>(usage.InputTokens).Add<long>(usage.CacheReadTokens).Add<long>(usage.CacheWrite5MinuteTokens).Add<long>(usage.CacheWrite1HourTokens);
        row.Add<long>(usage.AudioInputTokens).Add<long>(usage.ImageInputTokens).Add<long>(usage.OutputTokens).Add<long>(usage.ReasoningTokens);
        row.Add<long>(usage.AudioOutputTokens).Add(usage.Source).Add(usage.CostUsd).Add(call.PriceRow).Add(call.ServiceTier);
        row.Add<double>(call.LatencyMs).Add(call.FirstTokenMs).Add<double>(call.OverheadMs);
        return row.Add(call.Client).Add(call.EndUser).Add(string.Join(' ', CallTags.Split(call.Tags))).Add(call.TraceId).End();
    }
}
