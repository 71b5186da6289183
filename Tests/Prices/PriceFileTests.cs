using Microsoft.EntityFrameworkCore;
using RoutingService;
using RoutingService.Data;
using RoutingService.Prices;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Prices;

/// <summary>The file of an operator's prices, in a router of its own.</summary>
public sealed class PriceFileTests : IAsyncLifetime
{
    private readonly Databases _databases = new();
    private string _path = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _path = Path.Combine(_databases.Folder, "prices.json");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _databases.DisposeAsync();

    [Fact]
    public async Task File_WhenItIsBroken_IsRefusedWholeAndTheOldOneStays()
    {
        Write(Row("echo", 5));
        await using var host = await StartAsync();
        var watch = host.Get<PriceFileWatch>();
        var first = host.Get<PriceBooks>().File.ShouldNotBeNull();

        Write($"{Row("echo", 7)},{Row("json", -1)}");
        (await watch.ReadAsync(Cancelled)).ShouldBeFalse();
        host.Get<PriceBooks>().File.ShouldBeSameAs(first);

        File.WriteAllText(_path, "no book at all");
        (await watch.ReadAsync(Cancelled)).ShouldBeFalse();
        File.Delete(_path);
        (await watch.ReadAsync(Cancelled)).ShouldBeFalse();
        host.Get<PriceBooks>().File.ShouldBeSameAs(first);

        Write(Row("echo", 9));
        (await watch.ReadAsync(Cancelled)).ShouldBeTrue();
        host.Get<PriceBooks>().File!.Rows.ShouldHaveSingleItem().Bands[0].Input.ShouldBe(9_000_000_000);
    }

    [Fact]
    public async Task File_WhenItChanges_IsReadWithoutAnybodyAsking()
    {
        Write(Row("own", 5));
        await using var host = await StartAsync();
        var deployment = TypedAdapter.Deployment("simulated", "own", "simulated");
        PriceOf(host, deployment).ShouldBe(5_000_000_000);

        Write(Row("own", 6000));
        await TimeLimit.PollAsync("the new price", _ =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(5));
            return Task.FromResult(PriceOf(host, deployment) == 6_000_000_000_000 ? "there" : null);
        });
    }

    [Fact]
    public async Task Rows_OfBooksThatAreGone_AreFoundByTheirIds()
    {
        Write(Row("own", 5));
        await using var host = await StartAsync();
        var old = host.Get<PriceBooks>().File!.Rows[0];

        Write(Row("own", 6000));
        (await host.Get<PriceFileWatch>().ReadAsync(Cancelled)).ShouldBeTrue();

        var found = (await host.Get<PriceBooks>().FindAsync(old.Id, Cancelled)).ShouldNotBeNull();
        found.Bands.ShouldBe(old.Bands);
        (await host.Get<PriceBooks>().FindAsync("shipped 2026-08-21#openai:gpt-4o", Cancelled)).ShouldNotBeNull().Bands[0].Input.ShouldBe(2_500_000_000);
        (await host.Get<PriceBooks>().FindAsync("shipped 1999-01-01#openai:gpt-4o", Cancelled)).ShouldBeNull();
        await using var database = await host.Get<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(Cancelled);
        (await database.PriceBooks.Select(book => book.Version).ToListAsync(Cancelled)).Count.ShouldBe(3);
    }

    private static long? PriceOf(ModuleHost host, RoutingService.Targets.Deployment deployment)
    {
        var book = host.Get<RoutingTable>().Current.Prices;
        return book.Find(deployment, serviceTier: null, book.Now)?.Bands[0].Input;
    }

    private async Task<ModuleHost> StartAsync()
        => await ModuleHost.StartAsync("routing", await _databases.ConnectionStringAsync(Databases.Sqlite), builder =>
        {
            builder.Configuration["Prices:File"] = _path;
            builder.AddModelRouter();
        });

    private void Write(string rows) => File.WriteAllText(_path, $$"""{"rows":[{{rows}}]}""");

    private static string Row(string model, decimal usd) => $$"""{"provider_type":"simulated","model":"{{model}}","prices":[{"input":{{usd}},"output":1}]}""";
}
