using System.Linq.Expressions;
using Gateway.Contracts;
using ServiceDefaults.Http;

namespace UsageService.RequestLog;

/// <summary>Which calls of the log are asked for: all parameters must hold.</summary>
internal sealed class CallFilter
{
    public static readonly string[] Names =
    [
        "request_id", "trace_id", "key_id", "key", "project_id", "project", "provider", "model", "alias", "format", "api_format", "status", "error_type", "errors",
        "refused", "stream", "fallback", "client", "end_user", "tag", "tier", "service_tier", "routing_type", "routing_method", "usage_source",
        "unpriced", "from", "to", "min_cost", "min_latency", "min_tokens",
    ];

    public const int FirstErrorStatus = 400;

    private readonly List<Expression<Func<LoggedCall, bool>>> _conditions = [];

    /// <param name="query">What is asked for.</param>
    /// <param name="isExport">There <c>format</c> is that of the file, and <c>api_format</c> alone that of the calls.</param>
    public CallFilter(PageQuery query, bool isExport = false)
    {
        AddTexts(query);
        foreach (var name in (ReadOnlySpan<string>)(isExport ? ["api_format"] : ["api_format", "format"]))
        {
            Add(query.Choice(name, "chat", "responses", "messages"), text => call => call.Format == text);
        }

        AddOutcome(query);
        if (query.Id("key_id") is { } keyId)
        {
            _conditions.Add(call => call.KeyId == keyId);
        }

        if (query.OwnProject is { } own)
        {
            _conditions.Add(call => call.ProjectId == own);
        }

        if (query.Id("project_id") is { } projectId)
        {
            _conditions.Add(call => call.ProjectId == projectId);
        }

        if (query.Time("from") is { } from)
        {
            _conditions.Add(call => call.CreatedAt >= from);
        }

        if (query.Time("to") is { } to)
        {
            _conditions.Add(call => call.CreatedAt < to);
        }

        if (query.Amount("min_cost") is { } cost)
        {
            var nanoUsd = (long)decimal.Ceiling(cost * NanoUsd.PerUsd);
            _conditions.Add(call => call.Usage.CostNanoUsd >= nanoUsd);
        }

        if (query.Amount("min_latency") is { } latency)
        {
            var milliseconds = (double)latency;
            _conditions.Add(call => call.LatencyMs >= milliseconds);
        }

        if (query.Amount("min_tokens") is { } tokens)
        {
            var count = (long)tokens;
            _conditions.Add(call => call.Usage.InputTokens + call.Usage.CacheReadTokens + call.Usage.CacheWrite5MinuteTokens
                + call.Usage.CacheWrite1HourTokens + call.Usage.AudioInputTokens + call.Usage.ImageInputTokens
                + call.Usage.OutputTokens + call.Usage.ReasoningTokens + call.Usage.AudioOutputTokens >= count);
        }
    }

    public IQueryable<LoggedCall> Apply(IQueryable<LoggedCall> calls) => _conditions.Aggregate(calls, (filtered, condition) => filtered.Where(condition));

    private void AddTexts(PageQuery query)
    {
        Add(query.Text("request_id"), text => call => call.RequestId == text);
        Add(query.Text("trace_id"), text => call => call.TraceId == text);
        Add(query.Text("key"), text => call => call.KeyName == text);
        Add(query.Text("project"), text => call => call.ProjectName == text);
        Add(query.Text("provider"), text => call => call.Provider == text);
        Add(query.Text("model"), text => call => call.UpstreamModel == text);
        Add(query.Text("alias"), text => call => call.RequestedModel == text);
        Add(query.Text("client"), text => call => call.Client == text);
        Add(query.Text("end_user"), text => call => call.EndUser == text);
        Add(query.Text("tier"), text => call => call.RoutingTier == text);
        Add(query.Text("service_tier"), text => call => call.ServiceTier == text);
        Add(query.Choice("routing_type", "simple", "load_balance", "fallback", "auto"), text => call => call.RoutingType == text);
        Add(query.Text("routing_method"), text => call => call.RoutingMethod == text);
        Add(query.Choice("usage_source", "none", "provider", "partial", "estimated", "unknown"), text => call => call.Usage.Source == text);
        if (query.Text("tag") is { } tag)
        {
            var part = CallTags.Part(tag);
            _conditions.Add(call => call.Tags != null && call.Tags.Contains(part));
        }
    }

    private void AddOutcome(PageQuery query)
    {
        if (query.Whole("status", 100, 599) is { } status)
        {
            _conditions.Add(call => call.StatusCode == status);
            if (status >= FirstErrorStatus)
            {
                // In the words of the index that these few have.
                _conditions.Add(call => call.StatusCode >= FirstErrorStatus);
            }
        }

        Add(query.Text("error_type"), text => call => call.ErrorCode == text);
        Add(query.Flag("errors"), flag => flag ? call => call.ErrorCode != null : call => call.ErrorCode == null);
        Add(query.Flag("refused"), flag => call => call.IsRefused == flag);
        Add(query.Flag("stream"), flag => call => call.Stream == flag);
        Add(query.Flag("fallback"), flag => call => call.IsFallback == flag);
        Add(query.Flag("unpriced"), flag => flag ? call => call.Usage.CostNanoUsd == null : call => call.Usage.CostNanoUsd != null);
    }

    private void Add(string? text, Func<string, Expression<Func<LoggedCall, bool>>> condition)
    {
        if (text is not null)
        {
            _conditions.Add(condition(LogText.Clean(text)));
        }
    }

    private void Add(bool? flag, Func<bool, Expression<Func<LoggedCall, bool>>> condition)
    {
        if (flag is { } value)
        {
            _conditions.Add(condition(value));
        }
    }
}
