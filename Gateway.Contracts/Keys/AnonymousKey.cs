namespace Gateway.Contracts.Keys;

/// <summary>
/// What calls without a key are made with where no key is asked for. Its secret is no secret: the ledger has such a key only then.
/// </summary>
public static class AnonymousKey
{
    public const string Name = "anonymous";
    public const string Secret = "anonymous";
}
