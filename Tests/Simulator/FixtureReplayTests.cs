using System.Net;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Simulator;

public sealed class FixtureReplayTests : SimulatorTest
{
    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public async Task Replay_WhenModelNamesAFixture_IsTheSameToTheByte(string file)
    {
        var fixture = FixtureLibrary.Load(file);

        using var response = await AskAsync($"fixture:{file}", fixture.IsStream);

        response.StatusCode.ShouldBe((HttpStatusCode)fixture.Status);
        (await response.Content.ReadAsByteArrayAsync(Cancelled)).ShouldBe(fixture.ReplayBytes.ToArray());
        foreach (var (name, value) in fixture.ReplayHeaders)
        {
            var values = response.Headers.TryGetValues(name, out var found) ? found : response.Content.Headers.GetValues(name);
            string.Join(", ", values).ShouldBe(value);
        }
    }

    [Fact]
    public async Task Replay_WhenSplitAtEveryByte_IsTheSameToTheByte()
    {
        const string File = "openai-chat/stream.tool-call.test-tools-streaming-variant-d-0.json";
        Simulator.Script("m", new Answer { Fixture = File, SplitEveryByte = true });

        using var response = await AskAsync("m", stream: true);

        (await response.Content.ReadAsByteArrayAsync(Cancelled)).ShouldBe(FixtureLibrary.Load(File).ReplayBytes.ToArray());
    }

    [Fact]
    public async Task Replay_WhenFixtureIsUnknown_SaysWhichAndWhere()
    {
        using var response = await AskAsync("fixture:openai-chat/none");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldStartWith("Fixture 'openai-chat/none' is not in ");
    }

    [Theory]
    [InlineData("fixture:../../Tests.csproj")]
    [InlineData("fixture:/etc/passwd")]
    public async Task Replay_WhenNameLeavesTheFolder_IsNotFound(string model)
    {
        using var response = await AskAsync(model);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }
}
