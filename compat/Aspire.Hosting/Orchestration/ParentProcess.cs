using System.Diagnostics;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Tells services whose children they are. A service that finds this process gone ends itself, so that an AppHost that was
/// killed leaves nothing behind; the start time is there because process ids are used again.
/// </summary>
internal static class ParentProcess
{
    public static IReadOnlyDictionary<string, string> Variables { get; } = Describe();

    private static Dictionary<string, string> Describe()
    {
        using var self = Process.GetCurrentProcess();
        return new()
        {
            ["APPHOST_PROCESS_ID"] = $"{self.Id}",
            ["APPHOST_PROCESS_STARTED"] = $"{new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds()}",
        };
    }
}
