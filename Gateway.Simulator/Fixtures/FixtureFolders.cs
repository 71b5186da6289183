namespace Gateway.Simulator.Fixtures;

/// <summary>Finds fixtures by their path below one of the folders; what was read is kept.</summary>
internal sealed class FixtureFolders(IReadOnlyList<string> folders)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Fixture> loaded = new(StringComparer.Ordinal);

    public Fixture Load(string name) => loaded.GetOrAdd(name, Find);

    private Fixture Find(string name)
    {
        var file = name.EndsWith(".json", StringComparison.Ordinal) ? name : $"{name}.json";
        foreach (var folder in folders.Select(Path.GetFullPath))
        {
            var path = Path.GetFullPath(Path.Combine(folder, file));
            if (path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path))
            {
                return Fixture.Load(path);
            }
        }

        throw new FileNotFoundException(folders.Count == 0
            ? $"Fixture '{name}' cannot be read: the simulator was given no fixture folder."
            : $"Fixture '{name}' is not in {string.Join(" or ", folders)}.");
    }
}
