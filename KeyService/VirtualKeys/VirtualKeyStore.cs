using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;
using ServiceDefaults.Storage;

namespace KeyService.VirtualKeys;

/// <summary>The keys and their secrets; every change is known to the ring before its caller hears of it.</summary>
internal sealed class VirtualKeyStore(
    IDbContextFactory<KeyDbContext> databases, KeyHasher hasher, KeyRing ring, LedgerStore ledger, TimeProvider timeProvider)
{
    public static AuditedResource Audited { get; } = new AuditedResource<KeyDbContext, VirtualKey>("key", ShowAsync);

    /// <param name="secret">Of any form.</param>
    public async Task<Outcome<KeyView>> AddAsync(VirtualKey key, string secret, CancellationToken cancellationToken)
    {
        key.KeyPrefix = VirtualKeySecret.VisibleStart(secret);
        var added = await AddAsync(key, KeyHash.Of(hasher, secret), cancellationToken);
        return added.Map(view => view with { Key = secret });
    }

    /// <summary>A key whose secret nobody tells.</summary>
    public async Task<Outcome<KeyView>> AddAsync(VirtualKey key, SecretDigest digest, CancellationToken cancellationToken)
    {
        key.CreatedAt = key.UpdatedAt = timeProvider.GetStoredNow();
        var row = await IssueAsync(key, digest, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.VirtualKeys.Add(key);
        database.KeySecrets.Add(row);
        if (!await TrySaveAsync(database, () => ring.SecretsChanged(key.Id), cancellationToken))
        {
            return await WhyNotAddedAsync(database, digest, cancellationToken);
        }

        return await ShowAsync(key, cancellationToken);
    }

    public async Task<Page<KeyView>> ListAsync(KeyFilter filter, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var keys = filter.Apply(database.VirtualKeys.AsNoTracking());
        var total = await keys.LongCountAsync(cancellationToken);
        var page = await keys.OrderBy(key => key.Id).Skip(offset).Take(limit).ToListAsync(cancellationToken);
        return new Page<KeyView>(await ShowAsync(page, cancellationToken), total, limit, offset);
    }

    /// <summary>Those that may call now. What calls without a key are made with is none.</summary>
    public async Task<int> CountValidAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.VirtualKeys.CountAsync(
            key => key.RevokedAt == null && key.Enabled && (key.ExpiresAt == null || key.ExpiresAt > now)
                && !(key.ManagedBy == Owners.Environment && key.Name == AnonymousKey.Name),
            cancellationToken);
    }

    public async Task<Outcome<KeyView>> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.VirtualKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == id, cancellationToken) is { } key
            ? await ShowAsync(key, cancellationToken)
            : NotFound(id);
    }

    public Task<Outcome<KeyView>> UpdateAsync(Guid id, FieldReader fields, CancellationToken cancellationToken)
        => UpdateAsync(id, fields, own: null, cancellationToken);

    /// <param name="id">Of a key.</param>
    /// <param name="fields">What is changed of it.</param>
    /// <param name="own">The one project that the key may be in; null for whoever may see all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Outcome<KeyView>> UpdateAsync(Guid id, FieldReader fields, Guid? own, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindLiveAsync(database, id, cancellationToken) is not { } key)
        {
            return await WhyNotLiveAsync(database, id, cancellationToken);
        }

        var project = key.ProjectId;
        KeyFields.Read(fields, key);
        KeyFields.KeepIn(own, fields, key);
        var digest = KeyFields.ReadHash(fields, key, hasher);
        if (key.ProjectId != project)
        {
            await CheckProjectAsync(database, key, fields, cancellationToken);
        }

        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        key.UpdatedAt = timeProvider.GetStoredNow();
        if (digest is { } known)
        {
            await ReplaceSecretAsync(database, key, known, cancellationToken);
        }

        Action changed = digest is null ? () => ring.KeyChanged(id) : () => ring.SecretsChanged(id);
        return await TrySaveAsync(database, changed, cancellationToken)
            ? await ShowAsync(key, cancellationToken)
            : await WhyNotAddedAsync(database, digest, cancellationToken);
    }

    /// <summary>The row stays for the key's history; its secrets go, so that not even a restored row opens anything.</summary>
    public async Task<Outcome<KeyView>> RevokeAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.VirtualKeys.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } key)
        {
            return NotFound(id);
        }

        key.RevokedAt ??= key.UpdatedAt = timeProvider.GetStoredNow();
        database.KeySecrets.RemoveRange(await database.KeySecrets.Where(secret => secret.KeyId == id).ToListAsync(cancellationToken));
        await SaveAsync(database, () => ring.SecretsChanged(id), cancellationToken);
        return await ShowAsync(key, cancellationToken);
    }

    /// <summary>A new secret. Those before it end at once, or after a grace that lengthens none which was given before.</summary>
    public async Task<Outcome<KeyView>> RotateAsync(Guid id, TimeSpan grace, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindLiveAsync(database, id, cancellationToken) is not { } key)
        {
            return await WhyNotLiveAsync(database, id, cancellationToken);
        }

        var secret = VirtualKeySecret.Create();
        var issued = await IssueAsync(key, KeyHash.Of(hasher, secret), cancellationToken);
        key.KeyPrefix = VirtualKeySecret.VisibleStart(secret);
        var now = timeProvider.GetStoredNow();
        var end = now + grace;
        foreach (var earlier in await database.KeySecrets.Where(row => row.KeyId == id).ToListAsync(cancellationToken))
        {
            earlier.ValidUntil = earlier.ValidUntil < end ? earlier.ValidUntil : end;
            if (earlier.ValidUntil <= now)
            {
                database.KeySecrets.Remove(earlier);
            }
        }

        database.KeySecrets.Add(issued);
        key.UpdatedAt = now;
        await SaveAsync(database, () => ring.SecretsChanged(id), cancellationToken);
        return await ShowAsync(key, cancellationToken) with { Key = secret, PreviousKeyValidUntil = grace > TimeSpan.Zero ? end : null };
    }

    /// <summary>Adds to a budget for life, once for each <paramref name="topUpId"/>.</summary>
    public async Task<Outcome<KeyView>> TopUpAsync(Guid id, Guid topUpId, long nanoUsd, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await FindLiveAsync(database, id, cancellationToken) is not { } key)
        {
            return await WhyNotLiveAsync(database, id, cancellationToken);
        }

        if (await database.TopUps.AsNoTracking().SingleOrDefaultAsync(row => row.Id == topUpId, cancellationToken) is { } earlier)
        {
            return earlier.KeyId == id && earlier.AmountNanoUsd == nanoUsd
                ? await ShowAsync(key, cancellationToken)
                : AdminProblem.Conflict($"Top-up {topUpId} was made already, with another key or amount.");
        }

        if (key.BudgetLimitNanoUsd is not { } limit || key.BudgetPeriod is not null)
        {
            return AdminProblem.Conflict("Only a budget for life can be topped up: this key has no budget, or one with a period.");
        }

        if (limit + key.ToppedUpNanoUsd > KeyFields.MaxBudgetNanoUsd - nanoUsd)
        {
            return AdminProblem.Conflict("The budget would be larger than any can be.");
        }

        var now = timeProvider.GetStoredNow();
        database.TopUps.Add(new TopUp { Id = topUpId, KeyId = id, AmountNanoUsd = nanoUsd, CreatedAt = now });
        if (!await TrySaveAsync(database, () => { }, cancellationToken))
        {
            return AdminProblem.Conflict($"Top-up {topUpId} is being made by another request.");
        }

        try
        {
            await database.VirtualKeys.Where(row => row.Id == id).ExecuteUpdateAsync(
                update => update
                    .SetProperty(row => row.ToppedUpNanoUsd, row => row.ToppedUpNanoUsd + nanoUsd)
                    .SetProperty(row => row.UpdatedAt, now)
                    .SetProperty(row => row.Version, Guid.CreateVersion7()),
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            ring.KeyChanged(id);
        }

        return await FindAsync(id, cancellationToken);
    }

    public static ProblemHttpResult NoSuch(Guid id) => AdminProblem.NotFound($"There is no key {id}.");

    public async Task CheckProjectAsync(VirtualKey key, FieldReader fields, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await CheckProjectAsync(database, key, fields, cancellationToken);
    }

    /// <summary>What it has spent is no part of what an administrator changes; which secret opens it is.</summary>
    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, KeyDbContext database, Guid id, CancellationToken cancellationToken)
    {
        if (await database.VirtualKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == id, cancellationToken) is not { } key)
        {
            return null;
        }

        var newest = await database.KeySecrets.AsNoTracking().Where(secret => secret.KeyId == id && secret.ValidUntil == null)
            .Select(secret => secret.Digest).SingleOrDefaultAsync(cancellationToken);
        return new AuditedState(KeyView.From(key, default, services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime), ("key", newest));
    }

    private static async Task CheckProjectAsync(KeyDbContext database, VirtualKey key, FieldReader fields, CancellationToken cancellationToken)
    {
        if (key.ProjectId is { } id && !await database.Projects.AnyAsync(project => project.Id == id, cancellationToken))
        {
            fields.Fault("project_id", $"There is no project {id}.");
        }
    }

    private static Task<VirtualKey?> FindLiveAsync(KeyDbContext database, Guid id, CancellationToken cancellationToken)
        => database.VirtualKeys.SingleOrDefaultAsync(key => key.Id == id && key.RevokedAt == null, cancellationToken);

    private static async Task<Outcome<KeyView>> WhyNotLiveAsync(KeyDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.VirtualKeys.AnyAsync(key => key.Id == id, cancellationToken)
            ? AdminProblem.Conflict($"Key {id} is revoked, and stays so.")
            : NotFound(id);

    private static Outcome<KeyView> NotFound(Guid id) => NoSuch(id);

    /// <summary>The ring hears of it even when the caller left in the middle: it may be done all the same.</summary>
    private static async Task SaveAsync(KeyDbContext database, Action changed, CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        finally
        {
            changed();
        }
    }

    /// <summary>False where another change came in between that the database's own rules do not allow beside this one.</summary>
    private static async Task<bool> TrySaveAsync(KeyDbContext database, Action changed, CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(database, changed, cancellationToken);
            return true;
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return false;
        }
    }

    /// <summary>Those before it end at once; the one that it is already stays.</summary>
    private async Task ReplaceSecretAsync(KeyDbContext database, VirtualKey key, SecretDigest digest, CancellationToken cancellationToken)
    {
        var bytes = digest.Digest.ToArray();
        var secrets = await database.KeySecrets.Where(row => row.KeyId == key.Id).ToListAsync(cancellationToken);
        database.KeySecrets.RemoveRange(secrets.Where(row => !row.Digest.AsSpan().SequenceEqual(bytes)));
        if (secrets.Find(row => row.Digest.AsSpan().SequenceEqual(bytes)) is { } same)
        {
            same.ValidUntil = null;
        }
        else
        {
            database.KeySecrets.Add(await IssueAsync(key, digest, cancellationToken));
        }
    }

    private static async Task<Outcome<KeyView>> WhyNotAddedAsync(KeyDbContext database, SecretDigest? digest, CancellationToken cancellationToken)
    {
        var bytes = digest?.Digest.ToArray();
        return bytes is not null && await database.KeySecrets.AsNoTracking().AnyAsync(row => row.Digest == bytes, cancellationToken)
            ? AdminProblem.Conflict("There is a key with this secret already.")
            : AdminProblem.Conflict("The project of the key was deleted meanwhile.");
    }

    private async Task<KeySecret> IssueAsync(VirtualKey key, SecretDigest digest, CancellationToken cancellationToken) => new()
    {
        Digest = digest.Digest.ToArray(),
        KeyId = key.Id,
        BcryptHash = await hasher.HashAsync(digest.Digest, cancellationToken),
        IsForeign = digest.IsForeign,
    };

    private async Task<KeyView> ShowAsync(VirtualKey key, CancellationToken cancellationToken) => (await ShowAsync([key], cancellationToken))[0];

    private async Task<List<KeyView>> ShowAsync(List<VirtualKey> keys, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var spent = await ledger.LoadSpentAsync(keys.ConvertAll(key => LedgerScope.Key(key.Id)), DateOnly.FromDateTime(now), cancellationToken);
        return keys.ConvertAll(key => KeyView.From(key, spent.GetValueOrDefault(LedgerScope.Key(key.Id)), now));
    }
}
