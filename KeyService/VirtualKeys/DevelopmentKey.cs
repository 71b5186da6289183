namespace KeyService.VirtualKeys;

/// <summary>Stores the key that the first start shows. A first start that was cut short is made again with another key.</summary>
internal sealed class DevelopmentKey(VirtualKeyStore store, string secret) : IHostedService
{
    private const string Name = "development";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var earlier in await store.ListAsync(Name, cancellationToken))
        {
            await store.DeleteAsync(earlier.Id, cancellationToken);
        }

        await store.AddAsync(Name, secret, expiresAt: null, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
