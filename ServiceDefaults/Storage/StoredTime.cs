namespace ServiceDefaults.Storage;

public static class StoredTime
{
    /// <summary>Now in whole microseconds, which is what PostgreSQL keeps: the answer to a change shows the time that a later read does.</summary>
    public static DateTime GetStoredNow(this TimeProvider timeProvider) => timeProvider.GetUtcNow().UtcDateTime.ToStored();

    public static DateTime ToStored(this DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
