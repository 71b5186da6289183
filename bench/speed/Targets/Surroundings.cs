namespace Bench.Speed.Targets;

/// <summary>Where the programs are, where they may write, and where the upstream is.</summary>
/// <param name="ProgramDirectory">Has a directory for each published project.</param>
/// <param name="WorkDirectory">Databases, journals and logs of this run.</param>
internal sealed record Surroundings(string Repository, string ProgramDirectory, string WorkDirectory, int UpstreamPort, int OtlpPort)
{
    /// <summary>For the runtimes of the gateways; none, but where they are looked into.</summary>
    public IReadOnlyDictionary<string, string> RuntimeSettings { get; init; } = new Dictionary<string, string>();

    public Uri Upstream { get; } = new($"http://127.0.0.1:{UpstreamPort}");

    public string LogOf(string name) => Path.Combine(WorkDirectory, name + ".log");

    /// <summary>The first of these files that is there.</summary>
    public static string? Find(params string[] paths) => paths.FirstOrDefault(File.Exists);
}
