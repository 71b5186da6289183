using ServiceDefaults.Hosting;
using Shouldly;
using Xunit;

namespace Tests.Defaults;

public sealed class WorkerThreadsTests
{
    [Fact]
    public void Reserve_LeavesThreadsForCallsWhileOthersWaitForTheDisk_AndNeverTakesAny()
    {
        WorkerThreads.Reserve();
        ThreadPool.GetMinThreads(out var workers, out var completions);
        workers.ShouldBeGreaterThanOrEqualTo(Environment.ProcessorCount + WorkerThreads.ForTheDisk);
        try
        {
            ThreadPool.SetMinThreads(workers + 1, completions).ShouldBeTrue();

            WorkerThreads.Reserve();

            ThreadPool.GetMinThreads(out var after, out _);
            after.ShouldBe(workers + 1);
        }
        finally
        {
            ThreadPool.SetMinThreads(workers, completions);
        }
    }
}
