using System.Text.Json.Nodes;
using Gateway.Configuration.Plans;

namespace Gateway.Configuration;

/// <summary>What is to be changed so that a gateway holds what a file says.</summary>
public sealed class ConfigurationPlan
{
    private readonly Dictionary<string, string> _projects;

    private ConfigurationPlan(
        IReadOnlyList<ConfigurationChange> changes, IReadOnlyList<ConfigurationFault> faults, IReadOnlyList<string> restartNotes, Dictionary<string, string> projects)
        => (Changes, Faults, RestartNotes, _projects) = (changes, faults, restartNotes, projects);

    /// <summary>In the order in which they are made.</summary>
    public IReadOnlyList<ConfigurationChange> Changes { get; }

    /// <summary>Why it cannot be applied as it is; none where it can.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; }

    /// <summary>Settings of the processes that hold from their next start on.</summary>
    public IReadOnlyList<string> RestartNotes { get; }

    public bool IsEmpty => Changes.Count == 0;

    /// <param name="adminApi">With the gateway's address, and an admin's key.</param>
    /// <exception cref="ConfigurationException">The file cannot be used.</exception>
    /// <exception cref="AdminApiException">The gateway refused to be read.</exception>
    public static async Task<ConfigurationPlan> MakeAsync(
        HttpClient adminApi, GatewayFile file, PlanOptions? options = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        file.EnsureValid();
        if (!file.IsResolved)
        {
            throw new InvalidOperationException("A file whose references were not resolved cannot be planned.");
        }

        var api = new AdminApi(adminApi);
        var state = await GatewayState.ReadAsync(api, cancellationToken);
        var secrets = await Secrets.CompareAsync(
            api, file, name => state.Find(Resource.Provider, name), name => PlanBuilder.FindActual(state, Resource.Key, name), cancellationToken);
        var builder = new PlanBuilder(file, state, secrets, options ?? new PlanOptions());
        var changes = builder.Build((timeProvider ?? TimeProvider.System).GetUtcNow());
        return new ConfigurationPlan(
            changes,
            builder.Faults,
            [.. NotesOf(file, state.Processes)],
            state.Of(Resource.Project).ToDictionary(project => project.Text("name")!, project => project.Text("id")!, StringComparer.Ordinal));
    }

    /// <summary>
    /// Makes the changes, one after another, and stops at the first that fails. What was made stays: a plan that is made afterwards has the rest.
    /// </summary>
    /// <exception cref="ConfigurationException">The plan has <see cref="Faults"/>: nothing was done.</exception>
    public async Task<ApplyResult> ApplyAsync(HttpClient adminApi, IProgress<ApplyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Faults.Count > 0)
        {
            throw new ConfigurationException("The plan cannot be applied:", Faults);
        }

        var api = new AdminApi(adminApi);
        var projects = new Dictionary<string, string>(_projects, StringComparer.Ordinal);
        var providers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var done = 0; done < Changes.Count; done++)
        {
            var change = Changes[done];
            try
            {
                var answer = await api.SendAsync(change.Method, PathOf(change, providers), BodyOf(change, projects), cancellationToken);
                if (change.Kind == ChangeKind.Create && answer?.Text("id") is { } id)
                {
                    (change.Type == Resource.Project.Type ? projects : change.Type == Resource.Provider.Type ? providers : [])[change.Name] = id;
                }

                progress?.Report(new ApplyProgress(change, done + 1, Changes.Count));
            }
            catch (Exception exception) when (exception is AdminApiException or HttpRequestException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                progress?.Report(new ApplyProgress(change, done, Changes.Count, exception.Message));
                return new ApplyResult([.. Changes.Take(done)], change, exception.Message, [.. Changes.Skip(done + 1)])
                {
                    IsPassing = exception is not AdminApiException { IsPassing: false },
                };
            }
        }

        return new ApplyResult(Changes, null, null, []);
    }

    private static string PathOf(ConfigurationChange change, Dictionary<string, string> providers)
        => change.Path.Contains("{provider}", StringComparison.Ordinal)
            ? change.Path.Replace("{provider}", providers[change.Name[..change.Name.IndexOf('/', StringComparison.Ordinal)]], StringComparison.Ordinal)
            : change.Path;

    private static JsonObject? BodyOf(ConfigurationChange change, Dictionary<string, string> projects)
    {
        if (change is not { Body: { } body, Project: { } project })
        {
            return change.Body;
        }

        var whole = body.DeepClone().AsObject();
        whole["project_id"] = projects[project];
        return whole;
    }

    private static IEnumerable<string> NotesOf(GatewayFile file, JsonObject? running)
    {
        foreach (var (name, value) in file.ProcessSettings)
        {
            var now = running?.Text(name);
            if (ProcessSettings.Secrets.Contains(name) ? now is null : now != value)
            {
                yield return running is null
                    ? $"{name} is a setting of the gateway's processes: they read it from the file of Gateway:ConfigFile when they start."
                    : $"{name} needs a restart of the gateway.";
            }
        }
    }
}
