using System.Diagnostics;
using Gateway.Edge.Accounting.Journal;
using Shouldly;
using Xunit;

namespace Tests.Journal;

public sealed class JournalKillTests : JournalTest
{
    [Theory]
    [InlineData("Interval", 12)]
    [InlineData("Always", 4)]
    public async Task Process_WhenKilledAtAnyMoment_HasLostNoAcknowledgedRecord(string sync, int kills)
    {
        var random = new Random(kills);
        for (var i = 0; i < kills; i++)
        {
            var acknowledged = await RunUntilKilledAsync(sync, lines: random.Next(1, 2000));

            using var directory = JournalDirectory.Adopt(Root).ShouldHaveSingleItem();
            var found = ReadAll(directory.Path).ConvertAll(entry => entry.Record!.Id);
            found.Distinct().Count().ShouldBe(found.Count);
            acknowledged.Except(found).ShouldBeEmpty();
            directory.Delete();
        }
    }

    [Fact]
    public async Task Directory_WhenItsProcessLives_IsNotAdopted()
    {
        using var process = Start("Interval");
        try
        {
            (await process.StandardOutput.ReadLineAsync(Cancelled)).ShouldNotBeNull();

            JournalDirectory.Adopt(Root).ShouldBeEmpty();
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancelled);
        }
    }

    private async Task<List<Guid>> RunUntilKilledAsync(string sync, int lines)
    {
        using var process = Start(sync);
        var acknowledged = new List<Guid>();
        while (await process.StandardOutput.ReadLineAsync(Cancelled) is { } line)
        {
            // What was on its way through the pipe when the process was killed is acknowledged too; its last line may be torn.
            if (Guid.TryParse(line, out var id))
            {
                acknowledged.Add(id);
            }

            if (acknowledged.Count == lines)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync(Cancelled);
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(lines);
        return acknowledged;
    }

    private Process Start(string sync)
        => Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "JournalProbe.dll"), Root, sync])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
}
