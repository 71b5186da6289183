using Gateway.Contracts;
using Shouldly;
using Xunit;

namespace Tests.Crashes;

/// <summary>The audit proves itself: right books have no finding, and each planted fault has its own.</summary>
public sealed class BookAuditTests
{
    private static readonly NanoUsd Price = new(20_000);
    private static readonly NanoUsd OtherPrice = new(50_000);

    private static readonly ClientCall[] Calls =
    [
        new("a-1", "a", Price, ClientSaw.Acknowledged, "req_1"),
        new("a-2", "a", OtherPrice, ClientSaw.Acknowledged, "req_2"),
        new("a-3", "a", Price, ClientSaw.Broken, "req_3"),
        new("b-1", "b", Price, ClientSaw.Acknowledged, "req_4"),
        new("b-2", "b", Price, ClientSaw.Broken, null),
        new("b-3", "b", Price, ClientSaw.Refused, "req_6"),
    ];

    private static readonly string[] Served = ["a-1", "a-2", "a-3", "b-1", "b-2"];

    [Fact]
    public void Check_WhenBooksAreRight_FindsNothing() => BookAudit.Check(Right(), Calls, Served).ShouldBeEmpty();

    [Fact]
    public void Check_WhenACallThatBrokeHasItsPriceOrNothing_FindsNothing()
    {
        BookAudit.Check(With(Right(), "req_3", record => record with { Cost = Price }, settled: Price), Calls, Served).ShouldBeEmpty();
        BookAudit.Check(Without(Right(), "req_3"), Calls, Served).ShouldBeEmpty();
    }

    [Fact]
    public void Check_WhenARecordIsLost_FindsIt()
        => Findings(Without(Right(), "req_1")).ShouldContain("req_1 of a was answered in full and has no record.");

    [Fact]
    public void Check_WhenARecordIsLostAndItsMoneyToo_FindsIt()
        => BookAudit.Check(Account(Without(Right(), "req_4"), "b", b => b with { Settled = default, Counted = default }, forAll: true), Calls, Served)
            .ShouldContain("req_4 of b was answered in full and has no record.");

    [Fact]
    public void Check_WhenARecordIsThereTwice_FindsIt()
    {
        var books = Right();
        var twice = books with { Records = [.. books.Records, books.Records[0]] };

        Findings(twice).ShouldContain($"Call {books.Records[0].Id} has 2 records.");
    }

    [Fact]
    public void Check_WhenARequestIsRecordedUnderTwoIds_FindsIt()
    {
        var books = Right();
        var twice = books with { Records = [.. books.Records, books.Records[0] with { Id = Guid.NewGuid() }] };

        Findings(twice).ShouldContain("Request req_1 has 2 records.");
    }

    [Fact]
    public void Check_WhenACostIsWrong_FindsIt()
        => Findings(With(Right(), "req_2", record => record with { Cost = Price }))
            .ShouldContain("req_2 cost $0.00005 and is booked at $0.00002.");

    [Fact]
    public void Check_WhenTheCostOfABrokenCallIsNeitherNothingNorItsPrice_FindsIt()
        => Findings(With(Right(), "req_3", record => record with { Cost = new NanoUsd(1) }))
            .ShouldContain("req_3 (Broken) is booked at $0.000000001: neither nothing nor its price, $0.00002.");

    [Fact]
    public void Check_WhenACallIsBookedOnAnotherKey_FindsIt()
        => Findings(With(Right(), "req_1", record => record with { Key = "b" })).ShouldContain("req_1 of a is booked on b.");

    [Fact]
    public void Check_WhenAnAnsweredCallIsBookedAsFailed_FindsIt()
        => Findings(With(Right(), "req_1", record => record with { Status = 503, Error = "service_unavailable" }))
            .ShouldContain("req_1 was answered in full and is booked as 503 service_unavailable.");

    [Fact]
    public void Check_WhenMoreIsPaidForThanWasServed_FindsIt()
    {
        var books = With(Right(), "req_3", record => record with { Cost = Price }, settled: Price);

        BookAudit.Check(books, Calls, [.. Served.Where(marker => marker != "a-3")]).ShouldBe(["a pays for 3 calls, and the upstream served 2."]);
    }

    [Fact]
    public void Check_WhenTheUpstreamServedACallTwice_FindsIt()
        => BookAudit.Check(Right(), Calls, [.. Served, "a-1"]).ShouldBe(["The upstream served a-1 2 times."]);

    [Theory]
    [InlineData("a")]
    [InlineData("project")]
    public void Check_WhenAReservationIsLeaked_FindsIt(string account)
        => Findings(Account(Right(), account, books => books with { Reserved = new NanoUsd(1) }))
            .ShouldBe([$"{account} holds $0.000000001 for calls, and none runs."]);

    [Theory]
    [InlineData("b")]
    [InlineData("project")]
    public void Check_WhenASlotIsLeaked_FindsIt(string account)
        => Findings(Account(Right(), account, books => books with { Running = 1 })).ShouldBe([$"{account} counts 1 calls that run, and none does."]);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Check_WhenSettledMoneyIsOffByANanoDollar_FindsIt(long by)
    {
        var books = Account(Right(), "a", account => account with { Settled = new NanoUsd(account.Settled.Value + by), Counted = new NanoUsd(account.Counted.Value + by) });

        Findings(books).ShouldHaveSingleItem().ShouldStartWith("a has settled $0.0000");
    }

    [Fact]
    public void Check_WhenMemoryDiffersFromTheDatabase_FindsIt()
        => Findings(Account(Right(), "project", account => account with { Counted = account.Counted + new NanoUsd(1) }))
            .ShouldBe(["project counts $0.000090001 in memory, and has settled $0.00009."]);

    [Fact]
    public void Check_WhenACallIsCountedTwice_FindsIt()
        => Findings(Account(Right(), "a", account => account with { Calls = 4 })).ShouldBe(["a has settled 4 calls, and has 3 records."]);

    [Fact]
    public void Check_WhenABudgetIsOverspent_FindsIt()
        => Findings(Account(Right(), "a", account => account with { Most = new NanoUsd(69_999) }))
            .ShouldBe(["a has settled $0.00007, and may have settled $0.000069999 at most."]);

    private static IReadOnlyList<string> Findings(Books books) => BookAudit.Check(books, Calls, Served);

    private static Books Right() => new(
        [
            new(Guid.NewGuid(), "req_1", "a", 200, null, Price),
            new(Guid.NewGuid(), "req_2", "a", 200, null, OtherPrice),
            new(Guid.NewGuid(), "req_3", "a", 503, "service_unavailable", NanoUsd.Zero),
            new(Guid.NewGuid(), "req_4", "b", 200, null, Price),
        ],
        [
            new("a", new(70_000), new(70_000), default, 0, 3, new(100_000)) { Keys = ["a"] },
            new("b", new(20_000), new(20_000), default, 0, 1, null) { Keys = ["b"] },
            new("project", new(90_000), new(90_000), default, 0, null, null) { Keys = ["a", "b"] },
        ]);

    /// <summary>One record changed; <paramref name="settled"/> more in its key's account and the project's.</summary>
    private static Books With(Books books, string requestId, Func<BookedCall, BookedCall> change, NanoUsd settled = default)
    {
        var key = books.Records.Single(record => record.RequestId == requestId).Key;
        var changed = books with { Records = [.. books.Records.Select(record => record.RequestId == requestId ? change(record) : record)] };
        return settled == default
            ? changed
            : Account(changed, key, account => account with { Settled = account.Settled + settled, Counted = account.Counted + settled }, forAll: true);
    }

    /// <summary>One record less, and one call less in its key's account; its money is left.</summary>
    private static Books Without(Books books, string requestId)
    {
        var record = books.Records.Single(record => record.RequestId == requestId);
        return Account(
            books with { Records = [.. books.Records.Where(other => other != record)] }, record.Key, account => account with { Calls = account.Calls - 1 });
    }

    private static Books Account(Books books, string name, Func<BookedAccount, BookedAccount> change, bool forAll = false) => books with
    {
        Accounts = [.. books.Accounts.Select(account => account.Name == name || (forAll && account.Keys.Contains(name)) ? change(account) : account)],
    };
}
