using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.ResourceService.Messages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>What the dashboard asks this process: the application's name, its resources and their console logs.</summary>
/// <param name="apiKey">Null when the dashboard is open to anybody on this machine.</param>
internal sealed partial class ResourceServiceCalls(
    string applicationName,
    string? apiKey,
    ResourceNotificationService notifications,
    ResourceLoggerService consoleLogs,
    ILogger logger)
{
    private const string Service = "/aspire.v1.DashboardService/";
    private const string ApiKeyHeader = "x-resource-service-api-key";

    private readonly byte[]? _apiKeyDigest = apiKey is null ? null : Digest(apiKey);

    public async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await AnswerAsync(context, ending.Token);
            GrpcFraming.End(context.Response, GrpcStatus.Ok);
        }
        catch (GrpcException exception)
        {
            GrpcFraming.End(context.Response, exception.Status, exception.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The dashboard has left the page or is gone: nobody reads a status.
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            GrpcFraming.End(context.Response, GrpcStatus.Unavailable, "The application is stopping.");
        }
        catch (Exception exception)
        {
            LogFailure(exception, context.Request.Path);
            GrpcFraming.End(context.Response, GrpcStatus.Internal, "The call failed; the application's log says why.");
        }
    }

    private Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!IsAuthenticated(context.Request))
        {
            throw new GrpcException(GrpcStatus.Unauthenticated, $"The header {ApiKeyHeader} is missing or wrong.");
        }

        return context.Request.Path.Value switch
        {
            Service + "GetApplicationInformation" => GetApplicationInformationAsync(context, cancellationToken),
            Service + "WatchResources" => WatchResourcesAsync(context, cancellationToken),
            Service + "WatchResourceConsoleLogs" => WatchConsoleLogsAsync(context, cancellationToken),
            Service + "WatchInteractions" => StaySilentAsync(context, cancellationToken),
            _ => throw new GrpcException(GrpcStatus.Unimplemented, $"{context.Request.Path} is not offered by this application."),
        };
    }

    private bool IsAuthenticated(HttpRequest request)
        => _apiKeyDigest is null || CryptographicOperations.FixedTimeEquals(Digest(request.Headers[ApiKeyHeader].ToString()), _apiKeyDigest);

    private async Task GetApplicationInformationAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await GrpcFraming.ReadAsync(context.Request, ApplicationInformationRequest.Parser, cancellationToken);
        await GrpcFraming.BeginAsync(context.Response, cancellationToken);
        await GrpcFraming.WriteAsync(context.Response, new ApplicationInformationResponse { ApplicationName = applicationName }, cancellationToken);
    }

    private async Task WatchResourcesAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await GrpcFraming.ReadAsync(context.Request, WatchResourcesRequest.Parser, cancellationToken);
        await GrpcFraming.BeginAsync(context.Response, cancellationToken);
        var isFirst = true;
        await foreach (var events in notifications.WatchAsync(cancellationToken).InReadyBatches(cancellationToken))
        {
            var resources = events.Select(ResourceMessages.From);
            var update = isFirst
                ? new WatchResourcesUpdate { InitialData = new InitialResourceData { Resources = { resources } } }
                : new WatchResourcesUpdate { Changes = new ResourceChanges { Value = { resources.Select(r => new ResourceChange { Upsert = r }) } } };
            await GrpcFraming.WriteAsync(context.Response, update, cancellationToken);
            isFirst = false;
        }
    }

    private async Task WatchConsoleLogsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = await GrpcFraming.ReadAsync(context.Request, WatchConsoleLogsRequest.Parser, cancellationToken);
        await GrpcFraming.BeginAsync(context.Response, cancellationToken);
        var lines = request.SuppressFollow ? consoleLogs.GetAllAsync(request.ResourceName) : consoleLogs.WatchAsync(request.ResourceName);
        await foreach (var batches in lines.InReadyBatches(cancellationToken))
        {
            var update = new WatchConsoleLogsUpdate { LogLines = { batches.SelectMany(batch => batch).Select(ResourceMessages.From) } };
            if (update.LogLines.Count > 0)
            {
                await GrpcFraming.WriteAsync(context.Response, update, cancellationToken);
            }
        }
    }

    /// <summary>
    /// This application asks its user nothing. To say so with "unimplemented" is allowed, but dashboard 13.5 sometimes takes that
    /// for a lost connection, and then shows no resources: a stream without messages is what it understands.
    /// </summary>
    private static async Task StaySilentAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await GrpcFraming.BeginAsync(context.Response, cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    // Digests have one length, so that the comparison tells nothing about the key's.
    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dashboard's call {Path} failed.")]
    private partial void LogFailure(Exception exception, string path);
}
