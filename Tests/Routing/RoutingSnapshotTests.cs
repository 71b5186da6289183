using RoutingService.Providers;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

public sealed class RoutingSnapshotTests
{
    private static readonly ProviderTarget First = new("first", new NoAdapter(), null, IsLocal: true, Credential: null);
    private static readonly ProviderTarget Second = new("second", new NoAdapter(), null, IsLocal: true, Credential: null);

    private static readonly RoutingSnapshot Snapshot = RoutingSnapshots.Of(
        [First, Second], [("gpt", "first", "gpt-4o"), ("off", null, "gpt-4o"), ("second/gpt", "first", "other"), ("second/off", null, "other")]);

    [Theory]
    [InlineData("gpt", "first", "gpt-4o")]
    [InlineData("second/model", "second", "model")]
    [InlineData("second/meta/llama-3", "second", "meta/llama-3")]
    [InlineData("second/gpt", "first", "other")]
    [InlineData("first/gpt", "first", "gpt")]
    public void Resolve_WhenThereIsAnAliasOrAProvider_LeadsThere(string model, string provider, string upstream)
    {
        var target = Snapshot.Resolve(model).ShouldNotBeNull().Deployments.ShouldHaveSingleItem();

        target.Provider.Name.ShouldBe(provider);
        target.Model.ShouldBe(upstream);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("GPT")]
    [InlineData(" gpt")]
    [InlineData("off")]
    [InlineData("second/off")]
    [InlineData("third/model")]
    [InlineData("First/model")]
    [InlineData("first/")]
    [InlineData("/first")]
    [InlineData("/")]
    [InlineData("")]
    public void Resolve_WhenThereIsNeither_IsNone(string model) => Snapshot.Resolve(model).ShouldBeNull();

    private sealed class NoAdapter : IProviderAdapter
    {
        public string Type => "none";

        public Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
