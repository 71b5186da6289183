using System.Runtime.InteropServices;

namespace Bench.Speed.Load;

/// <summary>Sleeps to within some fifty microseconds and burns no CPU; .NET's own sleep knows milliseconds.</summary>
internal static class PreciseSleep
{
    private const long NanosecondsOfSecond = 1_000_000_000;

    /// <param name="time">Of <see cref="Marker.Now"/>.</param>
    public static void Until(long time)
    {
        while (time - Marker.Now is > 0 and var left)
        {
            var request = new TimeSpec((nint)(left / NanosecondsOfSecond), (nint)(left % NanosecondsOfSecond));

            // A signal may cut it short: the loop goes on.
            _ = Sleep(in request, 0);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
