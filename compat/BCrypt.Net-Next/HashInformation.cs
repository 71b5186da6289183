namespace BCrypt.Net;

public sealed class HashInformation
{
    internal HashInformation(BCryptSettings settings)
    {
        Settings = settings.ToString();
        Version = $"2{settings.Revision}";
        WorkFactor = settings.WorkFactorDigits;
    }

    /// <summary>Version and work factor as they begin the hash: <c>$2a$11</c>.</summary>
    public string Settings { get; }

    public string Version { get; }

    public string WorkFactor { get; }
}
