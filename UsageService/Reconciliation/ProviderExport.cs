namespace UsageService.Reconciliation;

/// <summary>What a provider says that it has counted, read of one of its own exports.</summary>
/// <param name="Lines">Each is one number: of a day, a model and a bucket.</param>
internal sealed record ProviderExport(IReadOnlyList<ExportLine> Lines);

/// <param name="Day">In UTC, as providers cut their days.</param>
/// <param name="Model">Null where the export is not by model.</param>
/// <param name="Bucket">One of <see cref="ExportBuckets"/>.</param>
/// <param name="Amount">Tokens, requests, or dollars.</param>
internal sealed record ExportLine(DateOnly Day, string? Model, string Bucket, decimal Amount);

/// <summary>What can be compared: what both the provider and the gateway count.</summary>
internal static class ExportBuckets
{
    public const string Requests = "requests";

    /// <summary>Not from a cache; written to one only where the export does not tell it apart.</summary>
    public const string Input = "input";
    public const string CacheRead = "cache_read";
    public const string CacheWrite5Minutes = "cache_write_5m";
    public const string CacheWrite1Hour = "cache_write_1h";

    /// <summary>All of it, reasoning and sound with it.</summary>
    public const string Output = "output";

    /// <summary>In dollars.</summary>
    public const string Cost = "cost";
}

/// <summary>It is no export that is known here.</summary>
internal sealed class ExportException : Exception
{
    public ExportException(string message)
        : base(message)
    {
    }

    public ExportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
