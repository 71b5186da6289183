namespace KeyService.VirtualKeys;

/// <summary>By what a secret is found.</summary>
/// <param name="IsForeign">The secret was not made here and has no checksum; or it is known by its SHA-256 alone.</param>
internal readonly record struct SecretDigest(KeyDigest Digest, bool IsForeign);
