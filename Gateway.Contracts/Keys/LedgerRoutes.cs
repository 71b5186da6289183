namespace Gateway.Contracts.Keys;

/// <summary>Where KeyService answers the Edge.</summary>
public static class LedgerRoutes
{
    public const string Admit = "/internal/admit";
    public const string Forecast = "/internal/forecast";
    public const string Extend = "/internal/extend";
    public const string Announce = "/internal/announce";
    public const string Settle = "/internal/settle";
    public const string Identify = "/internal/identify";
    public const string ForeignKeys = "/internal/foreign-keys";
    public const string KeyCount = "/internal/key-count";
    public const string IdentifyAdmin = "/internal/identify-admin";
    public const string SignIn = "/internal/admin-sessions/sign-in";
    public const string FindSession = "/internal/admin-sessions/find";
    public const string SignOut = "/internal/admin-sessions/sign-out";
}
