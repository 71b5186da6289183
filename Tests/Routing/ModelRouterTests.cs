using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Calls;
using Microsoft.EntityFrameworkCore;
using RoutingService;
using RoutingService.Data;
using RoutingService.Models;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

public sealed class ModelRouterTests : IAsyncLifetime
{
    private readonly Databases _databases = new();
    private ModuleHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
        => _host = await ModuleHost.StartAsync("routing", await _databases.ConnectionStringAsync(Databases.Sqlite), builder =>
        {
            // Nobody moves the clock for a wait between two attempts.
            builder.Configuration["Routing:Retry:MaxAttempts"] = "1";
            builder.AddModelRouter();
        });

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
    }

    [Fact]
    public async Task Models_WhenTheGatewayIsNew_AreTheSimulatedOnes()
        => (await _host.Get<IModelRouter>().ListModelsAsync(Cancelled)).Models.Select(model => $"{model.OwnedBy}/{model.Id}")
            .ShouldBe(["simulated/echo", "simulated/json", "simulated/lorem", "simulated/tool"]);

    [Theory]
    [InlineData("echo", false)]
    [InlineData("echo", true)]
    [InlineData("simulated/echo", true)]
    [InlineData("simulated/echo?tps=0", true)]
    public async Task Dispatch_WhenOfASimulatedModel_AnswersAndCountsWhatItCosts(string model, bool stream)
    {
        await using var dispatch = await DispatchAsync(model, stream);

        var text = await ReadAsync(dispatch);

        dispatch.Head.Error.ShouldBeNull();
        dispatch.Head.Provider.ShouldBe("simulated");
        dispatch.Head.Attempts.ShouldBe(1);
        dispatch.Head.ContentType.ShouldStartWith(stream ? "text/event-stream" : "application/json");
        text.ShouldContain("12345678");
        var end = dispatch.End.ShouldNotBeNull();
        end.Usage.ShouldBe(new TokenUsage { Input = 5, Output = 2 });
        end.UsageSource.ShouldBe(UsageSource.Provider);
        // A dollar for a million tokens in, two for a million out.
        end.Cost.ShouldBe(new NanoUsd((5 * 1000) + (2 * 2000)));
        dispatch.Head.Cost.ShouldBe(stream ? null : end.Cost);
        var attempt = end.Attempts.ShouldHaveSingleItem();
        attempt.Cost.ShouldBe(end.Cost);
        attempt.Usage.ShouldBe(end.Usage);
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("nobody/gpt-4o")]
    public async Task Dispatch_WhenTheModelIsUnknown_SaysSoWithoutAnAttempt(string model)
    {
        await using var dispatch = await DispatchAsync(model, stream: false);

        dispatch.Head.Error.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.NotFound);
        dispatch.Head.Error!.Message.ShouldContain(model);
        dispatch.End.ShouldNotBeNull().Attempts.ShouldBeEmpty();
        (await dispatch.ReadAsync(Cancelled)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Dispatch_WhenTheProviderFails_KeepsARecordOfTheAttempt()
    {
        await using var dispatch = await DispatchAsync("simulated/echo?fail=429", stream: true);

        dispatch.Head.Error.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamRateLimited);
        dispatch.Head.Attempts.ShouldBe(1);
        var attempt = dispatch.End.ShouldNotBeNull().Attempts.ShouldHaveSingleItem();
        attempt.UpstreamStatus.ShouldBe(429);
        attempt.ErrorCode.ShouldBe("upstream_rate_limited");
        attempt.UsageSource.ShouldBe(UsageSource.None);
    }

    [Fact]
    public async Task Dispatch_WhenItIsDisposedBeforeItsEnd_SaysWhatWasUsedUntilThen()
    {
        var dispatch = await DispatchAsync("lorem", stream: true);
        (await dispatch.ReadAsync(Cancelled)).IsEmpty.ShouldBeFalse();
        (await dispatch.ReadAsync(Cancelled)).IsEmpty.ShouldBeFalse();

        await dispatch.DisposeAsync();

        var end = dispatch.End.ShouldNotBeNull();
        end.UsageSource.ShouldBe(UsageSource.Partial);
        end.Usage.Output.ShouldBeInRange(1, 10);
        end.Cost.ShouldNotBeNull();
    }

    [Fact]
    public async Task Dispatch_WhenTheSnapshotChangesMeanwhile_EndsWithWhatItBeganWith()
    {
        await using var dispatch = await DispatchAsync("echo", stream: true);
        await ChangeAsync(database => database.PriceRows.ExecuteDeleteAsync(Cancelled));

        await ReadAsync(dispatch);

        dispatch.End.ShouldNotBeNull().Cost.ShouldNotBeNull();
        await using var next = await DispatchAsync("echo", stream: true);
        await ReadAsync(next);
        next.End.ShouldNotBeNull().Cost.ShouldBeNull();
    }

    [Fact]
    public async Task Reload_WhenAProviderHasACredential_OpensIt()
    {
        var vault = _host.Get<CredentialVault>();
        var provider = NewProvider("remote");
        provider.Credential = vault.Seal(provider.Id, "the-secret");
        await ChangeAsync(database => AddAsync(database, provider, new ModelAlias { Alias = "remote-model", Provider = "remote", Model = "m", CreatedAt = DateTime.UnixEpoch }));

        var target = _host.Get<RoutingTable>().Current.Resolve("remote-model").ShouldNotBeNull().Deployments.ShouldHaveSingleItem();

        target.Provider.Credential.ShouldNotBeNull().Reveal().ShouldBe("the-secret");
        (await _host.Get<IModelRouter>().ListModelsAsync(Cancelled)).Models.ShouldContain(model => model.Id == "remote-model");
    }

    [Fact]
    public async Task Reload_WhenAProviderIsDisabled_LeavesItAndItsModelsOut()
    {
        await ChangeAsync(database => database.Providers.ExecuteUpdateAsync(update => update.SetProperty(row => row.Enabled, false), Cancelled));

        _host.Get<RoutingTable>().Current.Resolve("echo").ShouldNotBeNull().Deployments.ShouldBeEmpty();
        _host.Get<RoutingTable>().Current.Resolve("simulated/echo").ShouldBeNull();
        (await _host.Get<IModelRouter>().ListModelsAsync(Cancelled)).Models.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reload_WhenACredentialIsOfAnotherRow_IsRefusedAndTheSnapshotStays()
    {
        var provider = NewProvider("remote");
        provider.Credential = _host.Get<CredentialVault>().Seal(Guid.NewGuid(), "the-secret");
        var before = _host.Get<RoutingTable>().Current;

        await Should.ThrowAsync<SettingsException>(() => ChangeAsync(database => AddAsync(database, provider)));

        _host.Get<RoutingTable>().Current.ShouldBeSameAs(before);
    }

    private static Provider NewProvider(string name) => new()
    {
        Name = name,
        Type = "openai_compatible",
        BaseUrl = "https://example.com/v1",
        CreatedAt = DateTime.UnixEpoch,
        UpdatedAt = DateTime.UnixEpoch,
    };

    private static Task<int> AddAsync(RoutingDbContext database, params object[] rows)
    {
        database.AddRange(rows);
        return database.SaveChangesAsync(Cancelled);
    }

    private async Task ChangeAsync(Func<RoutingDbContext, Task> change)
    {
        await using var database = await _host.Get<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(Cancelled);
        await change(database);
        await _host.Get<SnapshotLoader>().ReloadAsync(Cancelled);
    }

    private Task<Dispatch> DispatchAsync(string model, bool stream)
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"12345678"}]}""");
        var request = new DispatchRequest { CallId = Guid.NewGuid(), KeyId = Guid.NewGuid(), Format = ClientFormat.Chat, Facts = FactsReader.Read(Gateway.Llm.ChatCompletions.ChatFormat.Instance, body) };
        return _host.Get<IModelRouter>().DispatchAsync(request, body, Cancelled);
    }

    private static async Task<string> ReadAsync(Dispatch dispatch)
    {
        var text = new StringBuilder();
        while (await dispatch.ReadAsync(Cancelled) is { IsEmpty: false } piece)
        {
            text.Append(Encoding.UTF8.GetString(piece.Span));
        }

        return text.ToString();
    }
}
