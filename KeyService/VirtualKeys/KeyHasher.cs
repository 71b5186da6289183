
namespace KeyService.VirtualKeys;

/// <summary>
/// bcrypt over a key's digest. It costs tens of milliseconds of one core, so few run at once, and only for keys that the index knows.
/// </summary>
internal sealed class KeyHasher(byte[] pepper) : IDisposable
{
    /// <summary>The secret has 256 random bits: the factor guards against a stolen table, not against guessing.</summary>
    private const int WorkFactor = 10;

    private readonly SemaphoreSlim _slots = new(Math.Max(1, Environment.ProcessorCount / 2));

    public KeyDigest Digest(string secret) => KeyDigest.Compute(pepper, secret);

    public Task<string> HashAsync(KeyDigest digest, CancellationToken cancellationToken)
        => RunAsync(() => BCrypt.Net.BCrypt.HashPassword(ToText(digest), WorkFactor), cancellationToken);

    public Task<bool> VerifyAsync(KeyDigest digest, string hash, CancellationToken cancellationToken)
        => RunAsync(() => BCrypt.Net.BCrypt.Verify(ToText(digest), hash), cancellationToken);

    public void Dispose() => _slots.Dispose();

    /// <summary>44 characters, below bcrypt's 72 bytes and free of NUL.</summary>
    private static string ToText(KeyDigest digest) => Convert.ToBase64String(digest.ToArray());

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }
}
