using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>One entry of the manifest for each kind of resource.</summary>
internal sealed class ManifestResourceWriter(DistributedApplicationExecutionContext executionContext, string manifestDirectory)
{
    public async Task<JsonObject> WriteAsync(IResource resource, CancellationToken cancellationToken) => resource switch
    {
        ProjectResource project => await WriteProjectAsync(project, cancellationToken),
        ExecutableResource executable => await WriteExecutableAsync(executable, cancellationToken),
        ParameterResource parameter => WriteParameter(parameter),
        IResourceWithConnectionString connection => new JsonObject
        {
            ["type"] = "value.v0",
            ["connectionString"] = connection.ConnectionStringExpression.ValueExpression,
        },
        _ => throw new DistributedApplicationException($"Resource '{resource.Name}' has no form in the manifest."),
    };

    private async Task<JsonObject> WriteProjectAsync(ProjectResource project, CancellationToken cancellationToken)
    {
        var entry = new JsonObject
        {
            ["type"] = "project.v0",
            ["path"] = RelativePath(project.Annotations.OfType<IProjectMetadata>().Single().ProjectPath),
        };
        await AddProcessAsync(entry, project, cancellationToken);
        return entry;
    }

    private async Task<JsonObject> WriteExecutableAsync(ExecutableResource executable, CancellationToken cancellationToken)
    {
        var entry = new JsonObject
        {
            ["type"] = "executable.v0",
            ["workingDirectory"] = RelativePath(executable.WorkingDirectory),
            ["command"] = executable.Command,
        };
        await AddProcessAsync(entry, executable, cancellationToken);
        return entry;
    }

    private static JsonObject WriteParameter(ParameterResource parameter)
    {
        var input = new JsonObject { ["type"] = "string" };
        if (parameter.Secret)
        {
            input["secret"] = true;
        }

        if (parameter.PublishedDefault is { } value)
        {
            input["default"] = new JsonObject { ["value"] = value };
        }

        var entry = new JsonObject { ["type"] = "parameter.v0" };
        if (parameter is ConnectionStringParameterResource)
        {
            entry["connectionString"] = parameter.ValueExpression;
        }

        entry["value"] = $"{{{parameter.Name}.inputs.value}}";
        entry["inputs"] = new JsonObject { ["value"] = input };
        return entry;
    }

    private async Task AddProcessAsync(JsonObject entry, IResourceWithEndpoints resource, CancellationToken cancellationToken)
    {
        var arguments = resource.CollectArguments();
        if (arguments.Count > 0)
        {
            entry["args"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(Express(argument)))]);
        }

        var variables = await resource.CollectEnvironmentAsync(executionContext, cancellationToken);
        if (variables.Count > 0)
        {
            entry["env"] = new JsonObject(variables.Select(variable => KeyValuePair.Create(variable.Key, (JsonNode?)Express(variable.Value))));
        }

        var bindings = ManifestBindings.Write(resource);
        if (bindings.Count > 0)
        {
            entry["bindings"] = bindings;
        }
    }

    private static string Express(object value) => value switch
    {
        IManifestExpressionProvider provider => provider.ValueExpression,
        _ => ReferenceExpression.EscapeLiteral(value.ToString() ?? ""),
    };

    private string RelativePath(string path) => Path.GetRelativePath(manifestDirectory, path).Replace('\\', '/');
}
