using System.Security.Cryptography;
using System.Text;
using Gateway.Contracts.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace ServiceDefaults.Changes;

/// <summary>
/// A request with an <c>Idempotency-Key</c>. That it was carried out is written down in the transaction of its change: where the change is, the
/// key is known, and where the key is not known, nothing was changed.
/// </summary>
internal sealed class IdempotentTry : IChangeStep
{
    public const string HeaderName = "Idempotency-Key";
    public const string ReplayedHeaderName = "Idempotency-Replayed";

    private const int MaxKeyLength = 255;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly byte[] _bodyDigest;
    private readonly TimeProvider _timeProvider;

    private IdempotentTry(string key, string id, byte[] bodyDigest, TimeProvider timeProvider)
        => (Key, Id, _bodyDigest, _timeProvider) = (key, id, bodyDigest, timeProvider);

    public string Key { get; }

    /// <summary>One actor's key for one route.</summary>
    public string Id { get; }

    private DateTime Horizon => _timeProvider.GetStoredNow() - Lifetime;

    /// <summary>Null for a header that is no key.</summary>
    public static IdempotentTry? Read(HttpRequest request, ReadOnlySpan<byte> body, TimeProvider timeProvider)
    {
        var header = request.Headers[HeaderName];
        if (header is not [{ Length: > 0 and <= MaxKeyLength } key] || key.Any(character => character is < ' ' or > '~'))
        {
            return null;
        }

        var who = $"{request.Headers[AuditHeaders.Actor]}\n{request.Headers[AuditHeaders.ActorKey]}";
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{who}\n{request.Method} {request.Path}{request.QueryString}\n{key}"));
        return new IdempotentTry(key, Convert.ToHexStringLower(id), SHA256.HashData(body), timeProvider);
    }

    public bool HasBodyOf(IdempotencyRow row) => row.BodyDigest.AsSpan().SequenceEqual(_bodyDigest);

    /// <summary>What is older than a day is forgotten.</summary>
    public Task<IdempotencyRow?> FindAsync(DbContext database, CancellationToken cancellationToken)
    {
        var horizon = Horizon;
        return database.Set<IdempotencyRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == Id && row.CreatedAt > horizon, cancellationToken);
    }

    public async Task BeforeAsync(DbContext database, Guid? id, CancellationToken cancellationToken)
    {
        if (await FindAsync(database, cancellationToken) is not null)
        {
            throw new CarriedOutException();
        }
    }

    public async Task AfterAsync(DbContext database, Guid? id, CancellationToken cancellationToken)
    {
        await database.Database.ExecuteSqlAsync($"DELETE FROM idempotency_keys WHERE created_at <= {Horizon}", cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"INSERT INTO idempotency_keys (id, body_digest, created_at) VALUES ({Id}, {_bodyDigest}, {_timeProvider.GetStoredNow()})", cancellationToken);
    }

    /// <summary>Of a change, whose key is there already, or of an action that has nothing in the database.</summary>
    public Task KeepAsync(DbContext database, byte[] answer, CancellationToken cancellationToken) => database.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO idempotency_keys (id, body_digest, created_at, answer) VALUES ({Id}, {_bodyDigest}, {_timeProvider.GetStoredNow()}, {answer})
        ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, body_digest = excluded.body_digest, created_at = excluded.created_at
        """,
        cancellationToken);
}

/// <summary>The same request was carried out by another process, a moment ago.</summary>
internal sealed class CarriedOutException() : Exception("The request was carried out before.");
