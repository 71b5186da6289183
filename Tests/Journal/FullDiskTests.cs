using System.Diagnostics;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Tests.Journal;

/// <summary>The journal on a real file system that has no room left.</summary>
public sealed class FullDiskTests : JournalTest
{
    private readonly ScriptedReceivers _receivers = new();

    [Fact]
    public async Task Journal_WhenItsFileSystemIsFull_RefusesCallsLosesNothingAndRecovers()
    {
        var mount = Path.Combine(Root, "small");
        Directory.CreateDirectory(mount);
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount), "A small file system can be mounted by root alone.");
        try
        {
            _receivers.UsageIsDown = true;
            var options = new JournalOptions { Directory = mount, SegmentBytes = 64 * 1024, DrainSeconds = 60 };
            using var journal = new CallJournal(
                _receivers, _receivers, Options.Create(options), new ConfigurationBuilder().Build(), new JournalDisk(), TimeProvider.System, Log);
            await journal.StartAsync(Cancelled);
            var count = 0;
            while (journal.Refusal is null)
            {
                (await journal.AppendAsync(NewRecord(count++))).ShouldBeTrue();
            }

            // The calls that were under way.
            for (var i = 0; i < 500; i++)
            {
                (await journal.AppendAsync(NewRecord(count++))).ShouldBeTrue();
            }

            _receivers.UsageIsDown = false;
            await UntilAsync(() => journal.Refusal is null);
            (await journal.AppendAsync(NewRecord(count++))).ShouldBeTrue();
            await journal.StopAsync(Cancelled);

            _receivers.Records.Select(record => record.RequestId).Distinct().Count().ShouldBe(count);
            Directory.GetFileSystemEntries(mount).ShouldBeEmpty();
        }
        finally
        {
            await RunAsync("umount", mount);
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
