using System.Text.Json.Nodes;
using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RoutingService.Data;
using ServiceDefaults.Audit;
using ServiceDefaults.Settings;

namespace RoutingService.Secrets;

/// <summary>
/// Another master key while the gateway serves: it is put before the old one, where <c>Gateway:MasterKey</c> refers to. This reads it, seals with it
/// what was sealed with an earlier one, and says when those are not needed any more. Calls never wait for it: they have their credentials open.
/// </summary>
internal sealed partial class MasterKeyRotation(
    IConfiguration configuration,
    CredentialVault vault,
    IDbContextFactory<RoutingDbContext> databases,
    [FromKeyedServices("routing")] AuditChain chain,
    IOptions<MasterKeyOptions> options,
    TimeProvider timeProvider,
    ILogger<MasterKeyRotation> logger) : BackgroundService
{
    private string? _read;

    /// <summary>One look: at the keys, and at what is sealed with an earlier one.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await TakeAsync(cancellationToken) || vault.KeyIds.Count == 1)
            {
                // Sealed with it is only at the next look: by then the other processes know it, too.
                return;
            }

            if (await ResealAsync(cancellationToken) is > 0 and var count)
            {
                LogResealed(count, vault.KeyIds[0]);
            }
        }
        catch (Exception exception) when (exception is SettingsException or System.Data.Common.DbException or DbUpdateException or InvalidOperationException)
        {
            LogKept(exception);
        }
    }

    /// <summary>At the start, all that is there is known already.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _read = SecretReference.Resolve(SecretSetting.MasterKey, configuration[SecretSetting.MasterKey]!);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.CheckSeconds), timeProvider);
            do
            {
                await CheckAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    /// <summary>True where there are other keys than before. They are taken as they are only if they open everything that is stored.</summary>
    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var read = SecretReference.Resolve(SecretSetting.MasterKey, configuration[SecretSetting.MasterKey]!);
        if (read == _read)
        {
            return false;
        }

        var keys = SecretSetting.ParseList(SecretSetting.MasterKey, read);
        var next = new CredentialVault(keys);
        foreach (var row in await ReadAsync(cancellationToken))
        {
            _ = next.Open(row.Id, row.Provider, row.Credential);
        }

        vault.Replace(keys);
        _read = read;
        LogTaken(string.Join(", ", vault.KeyIds));
        return true;
    }

    private async Task<int> ResealAsync(CancellationToken cancellationToken)
    {
        var old = (await ReadAsync(cancellationToken)).Where(row => !vault.IsSealedWithCurrent(row.Credential)).ToList();
        if (old.Count == 0)
        {
            return 0;
        }

        await chain.RecordAsync(
            new AuditEvent
            {
                Actor = AuditEvent.Internal,
                Action = "reseal",
                ResourceType = "credentials",
                Changes = new JsonObject { ["master_key"] = new JsonObject { ["before"] = vault.KeyIds[^1], ["after"] = vault.KeyIds[0] } }.ToJsonString(),
            },
            cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var count = 0;
        foreach (var row in old)
        {
            var before = row.Credential;
            var after = vault.Seal(row.Id, vault.Open(row.Id, row.Provider, before).Reveal());

            // Not where somebody has entered another one since.
            count += row.IsOfProvider
                ? await database.Providers.Where(stored => stored.Id == row.Id && stored.Credential == before)
                    .ExecuteUpdateAsync(update => update.SetProperty(stored => stored.Credential, after), cancellationToken)
                : await database.Credentials.Where(stored => stored.Id == row.Id && stored.Credential == before)
                    .ExecuteUpdateAsync(update => update.SetProperty(stored => stored.Credential, after), cancellationToken);
        }

        return count;
    }

    private async Task<IReadOnlyList<SealedRow>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var providers = await database.Providers.AsNoTracking().ToDictionaryAsync(row => row.Id, cancellationToken);
        var rows = await database.Credentials.AsNoTracking().ToListAsync(cancellationToken);
        return
        [
            .. providers.Values.Where(row => row.Credential is not null).Select(row => new SealedRow(row.Id, row.Name, row.Credential!, IsOfProvider: true)),
            .. rows.Select(row => new SealedRow(row.Id, providers.GetValueOrDefault(row.ProviderId)?.Name ?? "", row.Credential, IsOfProvider: false)),
        ];
    }

    [LoggerMessage(LogLevel.Information, "The master keys are {KeyIds} now; the first one seals.")]
    private partial void LogTaken(string keyIds);

    [LoggerMessage(LogLevel.Information, "Sealed {Count} credentials with master key {KeyId}. The other keys are not needed any more when all RoutingServices have this one.")]
    private partial void LogResealed(int count, string keyId);

    [LoggerMessage(LogLevel.Error, "The master keys stay as they are.")]
    private partial void LogKept(Exception exception);

    private sealed record SealedRow(Guid Id, string Provider, byte[] Credential, bool IsOfProvider);
}
