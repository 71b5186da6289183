using System.Collections.Concurrent;
using RoutingService.Snapshots;

namespace RoutingService.Health;

/// <summary>
/// What providers say they serve, as it was known a moment ago: nobody waits for it. It is asked for again in the background, and where a
/// provider does not say, or cannot be asked, nothing is made up.
/// </summary>
internal sealed partial class ModelLists(
    RoutingTable table, TimeProvider timeProvider, IHostApplicationLifetime lifetime, ILogger<ModelLists> logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    /// <summary>So old a list says nothing any more.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Entry> _lists = new();

    /// <summary>
    /// Null is maybe: the provider has not said, or the name is of a kind that it does not list. What it lists it serves; what it does not list
    /// it most likely does not, but vendors have names that they do not list, so nobody should be refused for that alone.
    /// </summary>
    public bool? Serves(string providerName, string model)
        => Of(providerName) is { } models ? IsListed(models, Target.WithoutKnobs(model)) : null;

    /// <summary>Null where it has not said.</summary>
    public IReadOnlySet<string>? Of(string providerName)
    {
        if (!table.Current.Providers.TryGetValue(providerName, out var provider))
        {
            return null;
        }

        var entry = EntryOf(provider);
        var (models, learntAt) = entry.Known;
        if (models is null || timeProvider.GetElapsedTime(learntAt) >= Fresh)
        {
            Refresh(provider.Target, entry);
        }

        return models is not null && timeProvider.GetElapsedTime(learntAt) < Forgotten ? models : null;
    }

    /// <summary>A check has brought it along.</summary>
    public void Learn(ProviderEntry provider, IReadOnlySet<string>? models)
    {
        if (models is not null)
        {
            EntryOf(provider).Known = (models, timeProvider.GetTimestamp());
        }
    }

    /// <summary>With another address or key it is another provider.</summary>
    private Entry EntryOf(ProviderEntry provider)
    {
        var (address, key) = (provider.Target.BaseUrl, provider.Target.Credential?.Reveal());
        return _lists.AddOrUpdate(
            provider.Id,
            static (_, asked) => new Entry(asked.address, asked.key),
            static (_, entry, asked) => entry.Address == asked.address && entry.Key == asked.key ? entry : new Entry(asked.address, asked.key),
            (address, key));
    }

    private void Refresh(ProviderTarget provider, Entry entry)
    {
        if (entry.TryBegin(timeProvider, AskAgain))
        {
            _ = Task.Run(() => RefreshAsync(provider, entry));
        }
    }

    private async Task RefreshAsync(ProviderTarget provider, Entry entry)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            patience.CancelAfter(Patience);
            if ((await provider.Adapter.CheckAsync(provider, patience.Token)).Models is { } models)
            {
                entry.Known = (models, timeProvider.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            // What was known stays until it is too old.
        }
        catch (Exception exception)
        {
            LogFailed(provider.Name, exception);
        }
        finally
        {
            entry.End();
        }
    }

    private static bool? IsListed(IReadOnlySet<string> models, string model)
    {
        if (models.Contains(model))
        {
            return true;
        }

        // A dated name behind one without, a tag behind one that has none.
        const string latest = "-latest";
        var stem = model.EndsWith(latest, StringComparison.Ordinal) ? model[..^latest.Length] : model;
        var isOfOne = false;
        var hasFolders = false;
        foreach (var listed in models)
        {
            isOfOne |= Continues(listed, stem) || Continues(stem, listed);
            hasFolders |= listed.Contains('/', StringComparison.Ordinal);
        }

        // `tunedModels/mine` in a list without folders: they are listed elsewhere.
        return isOfOne ? true : model.Contains('/', StringComparison.Ordinal) && !hasFolders ? null : false;
    }

    /// <summary><c>name-20250929</c> and <c>name:free</c> continue <c>name</c>, <c>name-mini</c> does not.</summary>
    private static bool Continues(string longer, string name)
        => longer.Length > name.Length + 1 && longer.StartsWith(name, StringComparison.Ordinal)
            && (longer[name.Length] == ':' || (longer[name.Length] == '-' && longer.AsSpan(name.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0));

    [LoggerMessage(LogLevel.Warning, "What provider {Provider} serves could not be asked")]
    private partial void LogFailed(string provider, Exception exception);

    private sealed class Entry(Uri? address, string? key)
    {
        private readonly Lock _lock = new();
        private (IReadOnlySet<string>? Models, long LearntAt) _known;
        private long? _askedAt;
        private bool _isAsking;

        public Uri? Address => address;

        public string? Key => key;

        public (IReadOnlySet<string>? Models, long LearntAt) Known
        {
            get
            {
                lock (_lock)
                {
                    return _known;
                }
            }

            set
            {
                lock (_lock)
                {
                    _known = value;
                }
            }
        }

        /// <summary>One at a time, and not again at once where it was in vain.</summary>
        public bool TryBegin(TimeProvider timeProvider, TimeSpan pause)
        {
            lock (_lock)
            {
                if (_isAsking || (_askedAt is { } askedAt && timeProvider.GetElapsedTime(askedAt) < pause))
                {
                    return false;
                }

                (_isAsking, _askedAt) = (true, timeProvider.GetTimestamp());
                return true;
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _isAsking = false;
            }
        }
    }
}
