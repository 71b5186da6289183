namespace RoutingService.Secrets;

/// <summary>The last characters of a credential, for a person to tell two of them apart.</summary>
internal static class CredentialHint
{
    private const int ShortestToShow = 12;

    public static string Of(string credential) => credential.Length < ShortestToShow ? "…" : $"…{credential[^4..]}";
}
