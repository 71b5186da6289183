namespace ServiceDefaults.Ownership;

/// <summary>Something that belongs to whoever keeps it as it is: the configuration file, or nobody but the admin API.</summary>
public interface IOwned
{
    /// <summary>One of <see cref="Owners"/>; null is the admin API.</summary>
    string? ManagedBy { get; set; }
}

public static class Owners
{
    /// <summary>The configuration file.</summary>
    public const string File = "file";

    /// <summary>The environment of the process.</summary>
    public const string Environment = "environment";

    public const int MaxNameLength = 20;

    /// <summary>On a request of one who applies the file: what belongs to it may be changed.</summary>
    public const string Header = "Gateway-Managed-By";
}
