using ServiceDefaults.Hosting;
using Shouldly;
using Xunit;

namespace Tests.Defaults;

public sealed class WorkerThreadsTests
{
    private static readonly int Wanted = Environment.ProcessorCount + WorkerThreads.ForTheDisk;

    /// <summary>It ends at once, as it is told to listen nowhere.</summary>
    [Fact]
    public async Task Program_WhenItStarts_HasThreadsForCallsWhileOthersWaitForTheDisk()
    {
        ThreadPool.GetMinThreads(out var before, out var completions);
        try
        {
            ThreadPool.SetMinThreads(1, completions).ShouldBeTrue();

            var code = await GatewayHost.RunAsync(["--urls", "nowhere"], _ => { }, _ => { }, new HostConsole(TextWriter.Null, TextWriter.Null));

            code.ShouldBe(1);
            Least().ShouldBeGreaterThanOrEqualTo(Wanted);
        }
        finally
        {
            ThreadPool.SetMinThreads(Math.Max(before, Least()), completions);
        }
    }

    [Fact]
    public void Reserve_WhenThereAreMore_TakesNone()
    {
        ThreadPool.GetMinThreads(out var before, out var completions);
        try
        {
            ThreadPool.SetMinThreads(Wanted + 1, completions).ShouldBeTrue();

            WorkerThreads.Reserve();

            Least().ShouldBe(Wanted + 1);
        }
        finally
        {
            ThreadPool.SetMinThreads(before, completions);
        }
    }

    private static int Least()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        return workers;
    }
}
