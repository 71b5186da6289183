using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Secrets;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;

namespace RoutingService.Providers;

/// <summary>
/// Whether a provider's secrets are these, for whoever applies a configuration: no digest of a secret is shown to anybody for it. It changes
/// nothing and tells nothing that the caller did not know, so it is not in the audit log.
/// </summary>
internal static class SecretComparison
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/admin/providers/{id:guid}/compare", CompareAsync).WithTags("Providers").WithAccess(Access.AdminWrite);

    private static async Task<Results<Ok<ComparedSecrets>, ProblemHttpResult>> CompareAsync(
        Guid id, HttpRequest request, IDbContextFactory<RoutingDbContext> databases, CredentialVault vault, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        string? apiKey = null;
        Dictionary<string, string> credentials = [];
        fields.Text("api_key", Provider.MaxCredentialLength, key => apiKey = key);
        fields.TextMap("credentials", map => credentials = map ?? []);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Providers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } provider)
        {
            return AdminProblem.NotFound($"There is no provider {id}.");
        }

        var rows = await database.Credentials.AsNoTracking().Where(row => row.ProviderId == id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ComparedSecrets(
            AreSame(apiKey, vault.Reveal(id, provider.Credential)),
            [.. rows.Where(row => credentials.TryGetValue(row.Name, out var secret) && AreSame(secret, vault.Reveal(row.Id, row.Credential))).Select(row => row.Name)]));
    }

    private static bool AreSame(string? one, byte[]? other)
        => one is null || other is null ? one is null && other is null : CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), other);
}

/// <param name="ApiKey">Its first one is the same, be it none.</param>
/// <param name="Credentials">The names of those further ones that are the same.</param>
internal sealed record ComparedSecrets(bool ApiKey, IReadOnlyList<string> Credentials);
