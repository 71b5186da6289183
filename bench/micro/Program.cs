// What the parts of a call cost: dotnet run -c Release --project bench/micro [-- --filter '*Journal*']
using Bench.Micro;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// Short, so that all of them end in a few minutes; most of it is warming up, since what runs often is compiled again.
// The median: the best is luck, and the mean is the machine's other work.
var job = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(15)
    .WithIterationCount(9)
    .WithIterationTime(TimeInterval.FromMilliseconds(50))
    .WithUnrollFactor(1)
    .WithEvaluateOverhead(false)
    .WithGcForce(false);
var config = ManualConfig.CreateMinimumViable()
    .AddJob(job)
    .AddColumn(StatisticColumn.Median)
    .HideColumns(StatisticColumn.Mean, StatisticColumn.Error, StatisticColumn.StdDev)
    .HideColumns("Gen0", "Gen1", "Gen2", "InvocationCount", "UnrollFactor")
    .WithOptions(ConfigOptions.DisableLogFile);
var summaries = BenchmarkSwitcher.FromAssembly(typeof(RequestBenchmarks).Assembly).Run(args is [] ? ["--filter", "*"] : args, config);
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
