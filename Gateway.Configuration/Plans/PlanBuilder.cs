using System.Text.Json.Nodes;
using Gateway.Configuration.Rules;

namespace Gateway.Configuration.Plans;

/// <summary>Compares a file with what a gateway holds.</summary>
internal sealed class PlanBuilder(GatewayFile file, GatewayState state, Secrets secrets, PlanOptions options)
{
    private readonly List<ConfigurationChange> _changes = [];
    private readonly List<ConfigurationFault> _faults = [];

    public IReadOnlyList<ConfigurationFault> Faults => _faults;

    public IReadOnlyList<ConfigurationChange> Build(DateTimeOffset now)
    {
        Compare(Resource.Project, (_, _, _) => { });
        Compare(Resource.Provider, CompareProvider);
        Compare(Resource.Deployment, (name, wanted, _) => RequireProvider($"{FileRules.Deployments}.{name}.provider", wanted.Text("provider")));
        Compare(Resource.Model, (name, wanted, differences) =>
        {
            RequireProvider($"{FileRules.Models}.{name}.provider", wanted.Text("provider"));
            if (differences.Body.ContainsKey("routing_type"))
            {
                // The one that it had would be of another type.
                differences.Body["routing_config"] = wanted["routing_config"]?.DeepClone();
            }
        });
        Compare(Resource.Key, CompareKey);
        _changes.AddRange(PricePlan.Compare(file, state, options, now, _faults));

        // Those of one order stay as the file has them.
        return [.. _changes.OrderBy(change => change.Order)];
    }

    /// <summary>The one of this name; of several keys the file's, and else none.</summary>
    public static JsonObject? FindActual(GatewayState state, Resource resource, string name)
    {
        var all = state.Of(resource).Where(thing => thing.Text(resource.NameField) == name).ToList();
        return all.Count <= 1 ? all.FirstOrDefault() : all.Where(GatewayState.IsOfFile).ToList() is [var own] ? own : null;
    }

    private void Compare(Resource resource, Action<string, JsonObject, Differences> more)
    {
        var section = file.Section(resource.Section);
        foreach (var (name, value) in section)
        {
            var wanted = value!.AsObject();
            var actual = FindActual(state, resource, name);
            if (actual is null && state.Find(resource, name) is not null)
            {
                Fault($"{resource.Section}.{name}", $"The gateway has several of the name '{name}', and none of them is the file's: rename all but one.");
                continue;
            }

            var differences = Differences.Between(wanted, actual, resource.Rules);
            more(name, wanted, differences);
            if (actual is null)
            {
                Create(resource, name, wanted, differences);
            }
            else
            {
                Update(resource, name, wanted, actual, differences);
            }
        }

        foreach (var actual in state.Of(resource).Where(thing => !section.ContainsKey(thing.Text(resource.NameField)!)))
        {
            if (GatewayState.IsOfFile(actual) || (options.Prunes && file.Content.ContainsKey(resource.Section)))
            {
                _changes.Add(new ConfigurationChange(ChangeKind.Delete, resource.Type, actual.Text(resource.NameField)!, [])
                {
                    Method = HttpMethod.Delete,
                    Path = $"{resource.Path}/{actual.Text("id")}",
                    Order = resource.DeleteOrder,
                });
            }
        }
    }

    private void Create(Resource resource, string name, JsonObject wanted, Differences differences)
    {
        var body = new JsonObject { [resource.NameField] = name, ["managed_by"] = AdminApi.File };
        foreach (var (field, value) in differences.Body)
        {
            body[field] = value?.DeepClone();
        }

        _changes.Add(new ConfigurationChange(ChangeKind.Create, resource.Type, name, differences.Fields)
        {
            Method = HttpMethod.Post,
            Path = resource.Path,
            Body = body,
            Project = resource == Resource.Key ? wanted.Text("project") : null,
            Order = resource.Order,
        });
        if (resource == Resource.Provider)
        {
            AddCredentials(name, "{provider}", wanted, []);
        }
    }

    private void Update(Resource resource, string name, JsonObject wanted, JsonObject actual, Differences differences)
    {
        var credentials = _changes.Count;
        if (resource == Resource.Provider)
        {
            AddCredentials(name, actual.Text("id")!, wanted, state.CredentialsOf(name));
        }

        var isOwn = GatewayState.IsOfFile(actual);
        if (!isOwn && !options.TakesOver && (differences.Fields.Count > 0 || _changes.Count > credentials))
        {
            _changes.RemoveRange(credentials, _changes.Count - credentials);
            var what = differences.Fields.Count > 0 ? string.Join(", ", differences.Fields.Select(field => field.Field)) : "its credentials";
            Fault(
                $"{resource.Section}.{name}",
                $"The gateway has a {resource.Type} of this name already, which is not the file's and differs in {what}: take it over, or choose another name.");
            return;
        }

        if (!isOwn)
        {
            differences.Add("managed_by", null, AdminApi.File);
        }

        if (differences.Fields.Count > 0)
        {
            _changes.Add(new ConfigurationChange(ChangeKind.Update, resource.Type, name, differences.Fields)
            {
                Method = HttpMethod.Patch,
                Path = $"{resource.Path}/{actual.Text("id")}",
                Body = differences.Body,
                Project = resource == Resource.Key && differences.Fields.Any(field => field.Field == "project") ? wanted.Text("project") : null,
                Order = resource.Order,
            });
        }
    }

    private void CompareProvider(string name, JsonObject wanted, Differences differences)
    {
        var actual = state.Find(Resource.Provider, name);
        if (actual is not null && actual.Text("type") != wanted.Text("type"))
        {
            Fault($"{FileRules.Providers}.{name}.type", $"The type of a provider stays ('{actual.Text("type")}'): give the new one another name, or delete the old one first.");
        }

        var hasKey = actual?["api_key_set"]?.GetValue<bool>() ?? false;
        var isSame = wanted["api_key"] is null ? !hasKey : hasKey && secrets.IsSameApiKey(name);
        if (!isSame)
        {
            differences.AddSecret("api_key", wanted["api_key"]);
        }
    }

    private void AddCredentials(string provider, string id, JsonObject wanted, IReadOnlyList<JsonObject> actual)
    {
        var rules = FileRules.Provider.Single(rule => rule.Name == FileRules.Credentials).Fields;
        var section = wanted[FileRules.Credentials] as JsonObject ?? [];
        foreach (var (name, value) in section)
        {
            var credential = value!.AsObject();
            var present = actual.FirstOrDefault(item => item.Text("name") == name);
            var differences = Differences.Between(credential, present, rules);
            if (present is null || !secrets.IsSameCredential(provider, name))
            {
                differences.AddSecret("api_key", credential["api_key"]);
            }

            if (present is null)
            {
                differences.Body["name"] = name;
            }

            if (differences.Fields.Count > 0)
            {
                _changes.Add(new ConfigurationChange(present is null ? ChangeKind.Create : ChangeKind.Update, "credential", $"{provider}/{name}", differences.Fields)
                {
                    Method = present is null ? HttpMethod.Post : HttpMethod.Patch,
                    Path = $"/admin/providers/{id}/credentials{(present is null ? "" : "/" + present.Text("id"))}",
                    Body = differences.Body,
                    Order = Resource.CredentialOrder,
                });
            }
        }

        foreach (var present in actual.Where(item => !section.ContainsKey(item.Text("name")!)))
        {
            _changes.Add(new ConfigurationChange(ChangeKind.Delete, "credential", $"{provider}/{present.Text("name")}", [])
            {
                Method = HttpMethod.Delete,
                Path = $"/admin/providers/{id}/credentials/{present.Text("id")}",
                Order = Resource.CredentialDeleteOrder,
            });
        }
    }

    private void CompareKey(string name, JsonObject wanted, Differences differences)
    {
        var actual = FindActual(state, Resource.Key, name);
        var project = wanted.Text("project");
        if (project is not null && !file.Section(FileRules.Projects).ContainsKey(project) && state.Find(Resource.Project, project) is null)
        {
            Fault($"{FileRules.Keys}.{name}.project", $"There is no project '{project}', neither in the file nor in the gateway.");
        }

        var before = state.ProjectName(actual?.Text("project_id"));
        if (before != project)
        {
            differences.Show("project", before, project);
            differences.Body["project_id"] = null;
        }

        var prefix = wanted.Text("key_prefix");
        var isSame = actual is not null && secrets.IsSameKey(actual);
        if (!isSame)
        {
            differences.AddSecret("hash", wanted["hash"]);
        }

        if (prefix is not null && actual?.Text("key_prefix") != prefix)
        {
            differences.Show("key_prefix", actual?.Text("key_prefix"), prefix);
            differences.Body["hash"] = wanted["hash"]!.DeepClone();
        }

        if (differences.Body.ContainsKey("hash") && prefix is not null)
        {
            differences.Body["key_prefix"] = prefix;
        }
    }

    private void RequireProvider(string path, string? provider)
    {
        if (provider is not null && !file.Section(FileRules.Providers).ContainsKey(provider) && !state.HasProvider(provider))
        {
            Fault(path, $"There is no provider '{provider}', neither in the file nor in the gateway.");
        }
    }

    private void Fault(string path, string message) => _faults.Add(new ConfigurationFault(path, message));
}
