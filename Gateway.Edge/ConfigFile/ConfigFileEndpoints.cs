using Gateway.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using ServiceDefaults.Authorization;
using ServiceDefaults.Settings;

namespace Gateway.Edge.ConfigFile;

internal static class ConfigFileEndpoints
{
    public const string SchemaPath = "/schemas/gateway.json";

    public static void MapConfigFile(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/config", Show).WithTags("Configuration").WithAccess(Access.Admin);

        // For editors, which have no key; it is the same for everybody.
        routes.MapGet(SchemaPath, () => TypedResults.Text(GatewayFile.Schema, "application/schema+json")).ExcludeFromDescription().WithAccess(Access.Public);
    }

    private static Ok<ConfigFileView> Show(ConfigFileWatch watch, IOptions<ConfigFileOptions> options, ConfigFileSettings settings)
    {
        var state = watch.State;
        return TypedResults.Ok(new ConfigFileView(
            options.Value.IsSet ? options.Value.ConfigFile : null,
            !options.Value.IsSet ? "none" : state.Faults.Count > 0 ? "failed" : state.IsApplied ? "applied" : "pending",
            state.Hash,
            state.AppliedAt,
            state.Changes,
            [.. state.Faults.Select(fault => new ConfigFaultView(fault.Path, fault.Message, fault.Line, fault.Column))],
            state.RestartNotes,
            options.Value.IsSet ? GatewayFile.HideSecrets(settings.Values) : null));
    }
}

/// <param name="File">Null where none is set.</param>
/// <param name="State"><c>none</c>, <c>pending</c>, <c>applied</c>, or <c>failed</c>: the newest file is not in force, the one before it is.</param>
/// <param name="Hash">SHA-256 of the file that is in force.</param>
/// <param name="ProcessSettings">What this process read of it when it started.</param>
internal sealed record ConfigFileView(
    string? File,
    string State,
    string? Hash,
    DateTime? AppliedAt,
    int Changes,
    IReadOnlyList<ConfigFaultView> Faults,
    IReadOnlyList<string> RestartNotes,
    IReadOnlyDictionary<string, string?>? ProcessSettings);

internal sealed record ConfigFaultView(string Path, string Message, int Line, int Column);
