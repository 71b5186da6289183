using KeyService.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;

namespace KeyService.VirtualKeys;

/// <summary>
/// What keeps keys working elsewhere: their hashes, told to whoever exports, and compared for whoever applies. A hash is no key, but whoever
/// has the pepper, too, can try short foreign ones against it; hence a POST, which no reader may make, and an entry in the audit log.
/// </summary>
internal static class KeyHashEndpoints
{
    private const int MaxCompared = 1000;

    public static void Map(IEndpointRouteBuilder routes, RouteGroupBuilder group)
    {
        group.MapPost("/hashes", ListAsync).WithAccess(Access.AdminWrite);

        // It changes nothing and tells nothing that the caller did not know: not in the audit log.
        routes.MapPost("/admin/keys/compare", CompareAsync).WithTags("Keys").WithAccess(Access.AdminWrite);
    }

    private static async Task<Results<Ok<Page<KeyHashView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<KeyDbContext> databases, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var newest = database.KeySecrets.AsNoTracking().Where(secret => secret.ValidUntil == null);
        var rows = await newest.OrderBy(secret => secret.KeyId).Skip(query.Offset).Take(query.Limit).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<KeyHashView>(
            [.. rows.Select(row => new KeyHashView(row.KeyId, KeyHash.Write(row.Digest, row.IsForeign)))],
            await newest.LongCountAsync(cancellationToken),
            query.Limit,
            query.Offset));
    }

    private static async Task<Results<Ok<KeyComparison>, ProblemHttpResult>> CompareAsync(
        HttpRequest request, IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        IReadOnlyList<(Guid Id, SecretDigest Digest)> asked = [];
        fields.Require("keys");
        fields.Objects("keys", MaxCompared, entry => ReadEntry(entry, hasher), list => asked = list);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        var ids = asked.Select(entry => entry.Id).ToList();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var secrets = await database.KeySecrets.AsNoTracking()
            .Where(secret => ids.Contains(secret.KeyId) && secret.ValidUntil == null)
            .ToDictionaryAsync(secret => secret.KeyId, secret => KeyDigest.From(secret.Digest), cancellationToken);
        return TypedResults.Ok(new KeyComparison(
            [.. asked.Where(entry => secrets.TryGetValue(entry.Id, out var digest) && digest.FixedTimeEquals(entry.Digest.Digest)).Select(entry => entry.Id)]));
    }

    private static (Guid Id, SecretDigest Digest) ReadEntry(FieldReader fields, KeyHasher hasher)
    {
        var id = Guid.Empty;
        SecretDigest digest = default;
        fields.Require("id");
        fields.Require("hash");
        fields.Id("id", value => id = value ?? id);
        fields.Text("hash", KeyHash.MaxLength, text =>
        {
            if (KeyHash.Read(hasher, text ?? "") is { } read)
            {
                digest = read;
            }
            else
            {
                fields.Fault("hash", KeyHash.Rule);
            }
        });
        return (id, digest);
    }
}

internal sealed record KeyHashView(Guid Id, string Hash);

/// <param name="Same">The ids of those keys whose newest secret has the hash that was asked for.</param>
internal sealed record KeyComparison(IReadOnlyList<Guid> Same);
