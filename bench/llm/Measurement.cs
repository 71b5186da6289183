using System.Globalization;

namespace Bench.Llm;

/// <summary>Time and memory of one call: the median of many rounds, since the best is luck and the mean is the machine's other work.</summary>
internal static class Measurement
{
    private const int Rounds = 15;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(60);

    public static void WriteHead() => Console.WriteLine("| what | ns | bytes allocated |\n| --- | ---: | ---: |");

    /// <param name="units">How many events one call handles: the result is for one of them.</param>
    public static void Run(string name, Action call, int units = 1)
    {
        var (nanoseconds, bytes) = Measure(call);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {nanoseconds / units:F0} | {bytes / units:F0} |"));
    }

    public static (double Nanoseconds, double Bytes) Measure(Action call)
    {
        var time = TimeProvider.System;
        var rounds = new List<double>(Rounds);
        call();
        for (var round = 0; round < Rounds + 5; round++)
        {
            var started = time.GetTimestamp();
            var ofRound = 0;
            do
            {
                for (var i = 0; i < 20; i++)
                {
                    call();
                }

                ofRound += 20;
            }
            while (time.GetElapsedTime(started) < RoundTime);

            // The first rounds are the compiler's.
            if (round >= 5)
            {
                rounds.Add(time.GetElapsedTime(started).TotalNanoseconds / ofRound);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            call();
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 100.0;
        rounds.Sort();
        return (rounds[Rounds / 2], bytes);
    }
}
