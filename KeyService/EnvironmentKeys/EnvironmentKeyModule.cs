using Gateway.Contracts.Audit;
using Gateway.Contracts.Keys;
using KeyService.VirtualKeys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Settings;

namespace KeyService.EnvironmentKeys;

internal static partial class EnvironmentKeyModule
{
    public static void AddEnvironmentKeys(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(ClientAuthenticationSetting.Read(builder.Configuration));
        builder.Services.AddSingleton<EnvironmentKeyStore>();
        builder.Services.AddHostedService<FirstLoad>();
    }

    public static void MapEnvironmentKeys(this IEndpointRouteBuilder routes)
        => routes.MapPost("/auth/reload-keys", ReloadAsync).WithTags("Authentication").WithAccess(Access.AdminWrite)
            .WithoutAudit("Each key that is added or removed has an entry of its own.")
            .WithSummary("Reads the keys of the environment again").WithoutBody();

    private static async Task<Results<Ok<ReloadView>, ProblemHttpResult>> ReloadAsync(
        HttpContext context, EnvironmentKeyStore store, IKeyLedger ledger, ILogger<EnvironmentKeyStore> logger, CancellationToken cancellationToken)
    {
        try
        {
            var (added, removed) = await store.LoadAsync(context.DescribeAudited("reload-keys", VirtualKeyStore.Audited.Type), cancellationToken);
            var keys = await ledger.CountKeysAsync(cancellationToken);
            return TypedResults.Ok(new ReloadView("success", "Authentication keys reloaded", keys.Valid, added, removed));
        }
        catch (SettingsException exception)
        {
            return AdminProblem.Conflict($"{exception.Message} All keys are as they were.");
        }
        catch (AuditUnavailableException exception)
        {
            LogUnrecorded(logger, exception);
            return AdminProblem.Unavailable("The audit log cannot be written, and no key is added or removed without it. Try again later.");
        }
    }

    [LoggerMessage(LogLevel.Error, "The keys of the environment were not all read again: the audit log cannot be written.")]
    private static partial void LogUnrecorded(ILogger logger, Exception exception);

    private sealed class FirstLoad(EnvironmentKeyStore store) : IHostedService
    {
        private static readonly AuditEvent Start = new() { Actor = AuditEvent.Internal, Action = "create", ResourceType = VirtualKeyStore.Audited.Type };

        public Task StartAsync(CancellationToken cancellationToken) => store.LoadAsync(Start, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal sealed record ReloadView(string Status, string Message, int ValidKeysCount, int Added, int Removed);
