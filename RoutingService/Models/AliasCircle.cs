using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Routes;
using ServiceDefaults.Http;

namespace RoutingService.Models;

/// <summary>An alias may lead to an alias, but not back to itself.</summary>
internal static class AliasCircle
{
    public static async Task RefuseAsync(RoutingDbContext database, ModelAlias model, FieldReader fields, CancellationToken cancellationToken)
    {
        if (NextOf(model) is not { } next)
        {
            return;
        }

        var others = await database.Models.AsNoTracking().Where(row => row.Id != model.Id).ToDictionaryAsync(row => row.Alias, cancellationToken);
        var seen = new HashSet<string>(StringComparer.Ordinal) { model.Alias };
        for (string? name = next; name is not null; name = others.TryGetValue(name, out var other) ? NextOf(other) : null)
        {
            if (!seen.Add(name))
            {
                fields.Fault("model", $"Circular alias: '{model.Alias}' would lead to itself.");
                return;
            }
        }
    }

    private static string? NextOf(ModelAlias model) => model is { RoutingType: RoutingTypes.Simple, Provider: null } ? model.Model : null;
}
