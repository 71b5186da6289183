using System.Text.Json.Serialization.Metadata;

namespace Gateway.Edge.Services;

/// <summary>A service that runs in a process of its own, by name; there is none where all is one process.</summary>
internal sealed class RemoteService(string name, IHttpClientFactory clients)
{
    public string Name => name;

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
        => clients.CreateClient(name).GetAsync(name, path, type, cancellationToken);
}
