using System.Net;
using System.Net.Sockets;
using Bench.Speed.Load;

namespace Bench.Speed.Targets;

/// <summary>Something between the clients and the upstream, or the upstream itself.</summary>
internal abstract class Target(string name, int port) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<ChildProcess> _processes = [];

    public string Name => name;

    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, port);

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public IReadOnlyList<int> ProcessIds => [.. _processes.Select(process => process.Id)];

    /// <summary>False for the upstream: it works for all the others too.</summary>
    public virtual bool IsMeasured => true;

    /// <summary>Model and headers of a call; null if it does not take such calls.</summary>
    public abstract (string Model, string Headers)? Take(Traffic traffic, Workload workload);

    /// <summary>What can be looked into, by process; none of what is not ours.</summary>
    public virtual IReadOnlyDictionary<int, string> Programs => new Dictionary<int, string>();

    /// <summary>Null where it does not say.</summary>
    public virtual Task<RuntimeReading?> ReadRuntimeAsync(CancellationToken cancellationToken) => Task.FromResult<RuntimeReading?>(null);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _processes.AddRange(Launch());
        var limit = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync(cancellationToken))
        {
            if (_processes.Any(process => process.HasExited) || TimeProvider.System.GetElapsedTime(limit) > Patience)
            {
                throw new InvalidOperationException($"{Name} did not start: see its log.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        await PrepareAsync(cancellationToken);
    }

    public async Task StopAsync()
    {
        // The last one started is the first to end, as with a host that stops its services.
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        _processes.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract IEnumerable<ChildProcess> Launch();

    /// <summary>Once it listens; after a restart too.</summary>
    protected virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected virtual async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(EndPoint, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
