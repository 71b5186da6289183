using Gateway.Contracts.Audit;
using ServiceDefaults.Audit;

namespace KeyService.VirtualKeys;

/// <summary>Stores the key that the first start shows. A first start that was cut short is made again with another key.</summary>
internal sealed class DevelopmentKey(
    VirtualKeyStore store, [FromKeyedServices("keys")] AuditChain chain, IServiceProvider services, string secret) : IHostedService
{
    private const string Name = "development";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var earlier = await store.ListAsync(new KeyFilter(NamePrefix: Name), limit: 100, offset: 0, cancellationToken);
        foreach (var key in earlier.Data.Where(key => key.Name == Name))
        {
            using var revocation = Open("delete", key.Id);
            await store.RevokeAsync(key.Id, cancellationToken);
        }

        using var creation = Open("create", id: null);
        await store.AddAsync(new VirtualKey { Name = Name }, secret, cancellationToken);
    }

    private AuditScope Open(string action, Guid? id) => AuditScope.Open(
        chain,
        VirtualKeyStore.Audited,
        new AuditEvent { Actor = AuditEvent.Internal, Action = action, ResourceType = VirtualKeyStore.Audited.Type },
        id,
        services);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
