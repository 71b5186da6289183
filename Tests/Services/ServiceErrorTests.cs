using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Services;

/// <summary>What a client of services is told when none of them answers.</summary>
public sealed class ServiceErrorTests(FailingScene scene) : IClassFixture<FailingScene>
{
    [Fact]
    public async Task TB12_WhenTheOnlyServiceRefusesConnections_Is502()
    {
        await using var away = new AwayScene();
        await away.InitializeAsync();

        ShouldBe(await away.ChatAsync("tb12"), 502, "connection_error");
    }

    [Fact]
    public async Task TB12_WhenTheServiceIsTooSlow_Is504()
    {
        scene.Up1.Script("tb12", new Answer { DelayBeforeHeadersMs = 60_000 });

        ShouldBe(await scene.ChatAsync("slow/tb12"), 504, "timeout_error");
    }

    [Fact]
    public async Task TB12_WhenTheServiceIsUnavailable_Is503()
    {
        scene.Up2.Script("tb12", new Answer { Status = 503 });

        ShouldBe(await scene.ChatAsync("sick/tb12"), 503, "api_error");
    }

    [Fact]
    public async Task Error_WhenTheServiceRefusesItsKey_IsNotTheClients()
    {
        scene.Up2.Script("refused", new Answer { Error = AnswerErrorKind.WrongKey });

        ShouldBe(await scene.ChatAsync("locked/refused"), 502, "provider_auth_error");
    }

    [Fact]
    public async Task TB15_WhenAllAreLimited_Is429WithATimeToComeBack()
    {
        await using var limited = new BothLimitedScene();
        await limited.InitializeAsync();
        for (var call = 0; call < 6; call++)
        {
            (await limited.ChatAsync("tb15")).Status.ShouldBe(200);
        }

        var answer = await limited.ChatAsync("tb15");

        ShouldBe(answer, 429, "rate_limit_exceeded");
        ((string?)answer.Error["message"]).ShouldBe("All configured services are rate limited");
        int.Parse(answer.Headers["retry-after"]).ShouldBeInRange(1, 3);
    }

    private static void ShouldBe(Answered answer, int status, string type)
    {
        answer.Status.ShouldBe(status, answer.Text);
        ((string?)answer.Error["type"]).ShouldBe(type, answer.Text);
    }
}
