using System.Text.Json.Nodes;
using Gateway.Contracts.Errors;
using RoutingService.Automatic;
using Shouldly;
using Xunit;
using static Tests.Automatic.RouterScenario;

namespace Tests.Automatic;

/// <summary>The policy of NVIDIA's llm-router blueprint.</summary>
public sealed class LabelPolicyTests
{
    private const string Three = """
        {"policy": "arg_max", "classifier_model": "router", "labels": [
          {"label": "easy", "model": "small"}, {"label": "code", "model": "coder"}, {"label": "hard", "model": "large"}]}
        """;

    [Fact]
    public async Task Label_WhenItsOutputIsTheHighest_IsChosen()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        scenario.Route = Parse(Three);
        server.Answer = Output(0, 1, 0);

        var decision = await scenario.DecideAsync("any");

        (decision.ModelReference, decision.ChosenLabel, decision.Method).ShouldBe(("coder", "code", "arg_max"));
        server.Requests.Single().Path.ShouldBe("/v2/models/router/infer");
        decision.Tier.ShouldBeNull();
    }

    [Theory]
    [InlineData(0.0, 1.0, 0.0, 0.0)]
    [InlineData(0.0, 1.0)]
    public async Task Label_WhenOutputsAreOfAnotherNumber_IsAConfigurationError(params double[] outputs)
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        scenario.Route = Parse(Three);
        server.Answer = Output(outputs);

        var failure = await Should.ThrowAsync<GatewayErrorException>(() => scenario.DecideAsync("any"));

        (failure.Error.Kind, failure.Error.Code).ShouldBe((GatewayErrorKind.Internal, "classifier_misconfigured"));
        failure.Error.Message.ShouldContain($"{outputs.Length} outputs");
        failure.Error.Message.ShouldContain("3 labels");
    }

    [Fact]
    public async Task Label_WhenNamesAreConfigured_IsFoundByItsName()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: [("Labels:router:0", "hard"), ("Labels:router:1", "easy"), ("Labels:router:2", "code")]);
        scenario.Route = Parse(Three);
        server.Answer = Output(1, 0, 0);

        (await scenario.DecideAsync("any")).ModelReference.ShouldBe("large");
    }

    [Fact]
    public async Task Label_WhenTheAliasHasNoEntryForOne_IsAConfigurationError()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: [("Labels:router:0", "hard"), ("Labels:router:1", "easy"), ("Labels:router:2", "other")]);
        scenario.Route = Parse(Three);
        server.Answer = Output(1, 0, 0);

        var failure = await Should.ThrowAsync<GatewayErrorException>(() => scenario.DecideAsync("any"));

        failure.Error.Message.ShouldContain("'other'");
    }

    [Fact]
    public async Task Label_WhenAllTaskTypesAreThere_IsFoundByItsNameInAnyOrder()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        var labels = new JsonArray([.. TaskTypes.All.Reverse().Select(type => new JsonObject { ["label"] = type.Replace(' ', '_'), ["model"] = $"for {type}" })]);
        scenario.Route = Parse(new JsonObject { ["policy"] = "arg_max", ["classifier_model"] = "task", ["labels"] = labels }.ToJsonString());
        var oneHot = new double[TaskTypes.All.Count];
        oneHot[4] = 1;
        server.Answer = Output(oneHot);

        (await scenario.DecideAsync("any")).ModelReference.ShouldBe("for Code Generation");
    }

    [Fact]
    public async Task Label_WhenTheClassifierFails_LeavesTheChoiceToTheTiers()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        scenario.Route = Parse(Three) with { Tiers = new TierModels("small", "middle", "large") };
        foreach (var answer in new[] { Output(0, 0, 0), KServeServer.Raw("", 503) })
        {
            server.Answer = answer;

            var decision = await scenario.DecideAsync("any");

            (decision.ModelReference, decision.Method, decision.Tier).ShouldBe(("small", "fallback_token_length", Tier.Simple));
        }
    }

    private static Func<Microsoft.AspNetCore.Http.HttpContext, string, Task> Output(params double[] values)
        => KServeServer.Outputs([KServeOutputs.Numbers("OUTPUT", values)]);
}
