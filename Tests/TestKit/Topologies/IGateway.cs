namespace Tests.TestKit.Topologies;

/// <summary>A whole gateway, seen from outside.</summary>
public interface IGateway : IAsyncDisposable
{
    Uri EdgeUrl { get; }

    string AdminKey { get; }

    /// <summary>The virtual key that its first start made.</summary>
    string DevelopmentKey { get; }

    string DataDirectory { get; }

    /// <summary>Of its databases on a server; none where they are files in its data directory.</summary>
    IReadOnlyCollection<string> ConnectionStrings { get; }

    /// <summary>What its processes wrote.</summary>
    OutputLog Output { get; }

    /// <summary>A client of the public surface, with <paramref name="key"/> as its bearer token.</summary>
    HttpClient CreateClient(string? key = null);

    /// <summary>Ends it as a person would: it finishes what it has begun.</summary>
    Task StopAsync();

    /// <summary>Ends it as a crash would: it finishes nothing.</summary>
    Task KillAsync();

    /// <summary>Starts it again on the same data.</summary>
    Task StartAsync();
}
