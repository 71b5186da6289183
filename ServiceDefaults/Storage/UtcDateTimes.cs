using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ServiceDefaults.Storage;

public static class UtcDateTimes
{
    /// <summary>Every time is stored as UTC, and comes back saying so.</summary>
    public static void StoreDateTimesAsUtc(this ModelConfigurationBuilder configuration)
        => configuration.Properties<DateTime>().HaveConversion<UtcConverter>();

    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        time => time.ToUniversalTime(),
        time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
