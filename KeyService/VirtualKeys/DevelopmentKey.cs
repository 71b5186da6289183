namespace KeyService.VirtualKeys;

/// <summary>Stores the key that the first start shows. A first start that was cut short is made again with another key.</summary>
internal sealed class DevelopmentKey(VirtualKeyStore store, string secret) : IHostedService
{
    private const string Name = "development";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var earlier = await store.ListAsync(new KeyFilter(NamePrefix: Name), limit: 100, offset: 0, cancellationToken);
        foreach (var key in earlier.Data.Where(key => key.Name == Name))
        {
            await store.RevokeAsync(key.Id, cancellationToken);
        }

        await store.AddAsync(new VirtualKey { Name = Name }, secret, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
