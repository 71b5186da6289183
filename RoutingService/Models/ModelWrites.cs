namespace RoutingService.Models;

/// <summary>One change of aliases at a time: two that are right by themselves could make a circle together.</summary>
internal sealed class ModelWrites : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        return new Turn(_one);
    }

    public void Dispose() => _one.Dispose();

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
