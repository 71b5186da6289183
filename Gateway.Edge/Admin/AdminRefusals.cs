using System.Text.Json.Nodes;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using Gateway.Edge.Pipeline;
using Polly;
using ServiceDefaults.Http;

namespace Gateway.Edge.Admin;

/// <summary>
/// Puts admin requests that the Edge itself refuses into the audit log, and into the log. Anybody can make such requests, so there is a bound: what comes
/// beyond it in a minute is counted, and the count stands in the next entry.
/// </summary>
internal sealed partial class AdminRefusals(IAuditLog log, TimeProvider timeProvider, ILogger<AdminRefusals> logger)
{
    private const int MaxEachMinute = 100;

    /// <summary>A caller without a right to anything waits no longer for his refusal.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MinuteBound _bound = new(MaxEachMinute, timeProvider);

    public static bool IsOne(GatewayError error) => error.Kind is GatewayErrorKind.InvalidKey or GatewayErrorKind.NotAllowed or GatewayErrorKind.RateLimited;

    public async Task RecordAsync(HttpContext context, int status)
    {
        if (!_bound.TryTake(out var unrecorded))
        {
            return;
        }

        var changes = new JsonObject { ["request"] = new JsonObject { ["before"] = null, ["after"] = $"{context.Request.Method} {PathWords.Tell(context.Request.Path.Value)}" } };
        if (unrecorded > 0)
        {
            changes["refusals_without_entry"] = new JsonObject { ["before"] = null, ["after"] = unrecorded };
        }

        var happened = new AuditEvent
        {
            Actor = "unknown",
            Source = AdminOrigin.SourceOf(context),
            Client = AdminOrigin.ClientOf(context),
            Action = "refused",
            ResourceType = "admin",
            RequestId = RequestIds.Of(context),
            StatusCode = status,
            Changes = changes.ToJsonString(),
        };
        LogRefused(happened.Source, happened.Client, status, unrecorded);
        using var limit = new CancellationTokenSource(Patience, timeProvider);
        try
        {
            await log.RecordAsync(happened, limit.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or GatewayErrorException or ExecutionRejectedException
            or OperationCanceledException or System.Data.Common.DbException or InvalidOperationException)
        {
            LogUnrecorded(exception, status, happened.Source);
        }
    }

    [LoggerMessage(LogLevel.Warning, "An admin request from {Source} ({Client}) was refused with {Status}; {Untold} before it have no line of their own.")]
    private partial void LogRefused(string? source, string? client, int status, long untold);

    [LoggerMessage(LogLevel.Warning, "An admin request from {Source} was refused with {Status}, and the audit log cannot be written.")]
    private partial void LogUnrecorded(Exception exception, int status, string? source);
}
