using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using KeyService.Projects;
using KeyService.VirtualKeys;
using Shouldly;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class AccessRulesTests
{
    private static readonly DateTime Now = new(2026, 11, 18, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Check_WhenNothingIsForbidden_LetsTheCallOn() => Check(new VirtualKey { Name = "k" }).ShouldBeNull();

    [Fact]
    public void Check_WhenSeveralRulesFail_NamesTheFirst()
    {
        var key = new VirtualKey
        {
            Name = "k",
            Enabled = false,
            ExpiresAt = Now,
            Project = new Project { Name = "p", Enabled = false },
            AllowedEndpoints = ["messages"],
            AllowedModels = ["other"],
            MaxTokensPerRequest = 1,
        };

        Check(key).ShouldBe(GatewayError.InvalidKey());
        key.Enabled = true;
        Check(key).ShouldBe(GatewayError.InvalidKey());
        key.ExpiresAt = Now.AddTicks(1);
        Check(key)!.Code.ShouldBe("project_disabled");
        key.Project.Enabled = true;
        Check(key)!.Code.ShouldBe("endpoint_not_allowed");
        key.AllowedEndpoints = ["chat"];
        Check(key)!.Code.ShouldBe("model_not_allowed");
        key.AllowedModels = ["model"];
        Check(key)!.Code.ShouldBe("max_tokens_per_request_exceeded");
        key.MaxTokensPerRequest = 30;
        Check(key).ShouldBeNull();
        key.RevokedAt = Now;
        Check(key).ShouldBe(GatewayError.InvalidKey());
    }

    [Fact]
    public void Check_WhenThereIsNoKey_IsTheSameAnswerAsForADisabledOne()
        => AccessRules.Check(null, Request("model"), Now).ShouldBe(Check(new VirtualKey { Enabled = false }));

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void Check_WhenInputAndOutputTogetherAreTooMany_IsRefused(long max, bool allowed)
        => (Check(new VirtualKey { MaxTokensPerRequest = max }) is null).ShouldBe(allowed);

    [Fact]
    public void Check_WhenTheOutputCapIsEnormous_DoesNotOverflow()
        => AccessRules.Check(
            KnownKey.From(new VirtualKey { MaxTokensPerRequest = 10 }),
            Request("model") with { OutputTokens = long.MaxValue },
            Now)!.Kind.ShouldBe(GatewayErrorKind.BadRequest);

    [Theory]
    [InlineData("fast", "fast", true)]
    [InlineData("fast", "Fast", false)]
    [InlineData("fast", "faster", false)]
    [InlineData("fast*", "fast", true)]
    [InlineData("fast*", "faster", true)]
    [InlineData("*", "p/anything", true)]
    [InlineData("p/*", "p/a/b", true)]
    [InlineData("gpt", "p/gpt", false)]
    [InlineData("gpt*", "gpt-1|claude", false)]
    [InlineData("gpt*", "gpt-1 | gpt-2", true)]
    [InlineData("auto", "", true)]
    [InlineData("gpt", "", false)]
    public void Models_WhenSomeAreAllowed_AreThose(string allowed, string model, bool expected)
        => new ModelAccess([allowed], null).Allows(model).ShouldBe(expected);

    [Theory]
    [InlineData("gpt", "gpt", false)]
    [InlineData("gpt", "GPT", false)]
    [InlineData("gpt", "p/gpt", false)]
    [InlineData("gpt", "gpt-2", true)]
    [InlineData("gpt*", "p/gpt-2", false)]
    [InlineData("p/*", "p/gpt", false)]
    [InlineData("gpt", "claude|gpt", false)]
    public void Models_WhenSomeAreDenied_AreTheOthers(string denied, string model, bool expected)
    {
        new ModelAccess(null, [denied]).Allows(model).ShouldBe(expected);
        new ModelAccess(["*"], [denied]).Allows(model).ShouldBe(expected);
    }

    private static GatewayError? Check(VirtualKey key) => AccessRules.Check(KnownKey.From(key), Request("model"), Now);

    private static AdmissionRequest Request(string model)
        => new(Guid.NewGuid(), "secret", model, ClientFormat.Chat) { InputTokens = 10, OutputTokens = 20 };
}
