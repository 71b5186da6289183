using System.Net;
using Gateway.Contracts.Errors;
using Gateway.Edge.Admin.Sessions;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Identity;

/// <summary>Security row 14: guessing is slow, and shuts nobody out.</summary>
public sealed class ThrottleTests(IdentityGateway own) : IClassFixture<IdentityGateway>
{
    private const string Guessed = "gw-admin-abcdef";

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task SignIn_WhenAThousandAreWrong_AsksForPatienceAndForgetsIt()
    {
        own.Clock.Advance(TimeSpan.FromMinutes(2));
        var (_, known) = await own.CreateAdminAsync("viewer");
        var (_, unused) = await own.CreateAdminAsync("viewer");
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", known)).Status.ShouldBe(200);

        var statuses = new List<int>();
        for (var i = 0; i < 1000; i++)
        {
            var answer = i % 2 == 0
                ? await own.SendAsync(HttpMethod.Post, "/admin/session", body: new { token = $"{known[..15]}{i:D33}" })
                : await own.SendAsync(HttpMethod.Get, "/admin/keys", $"{known[..15]}{i:D33}");
            statuses.Add(answer.Status);
            if (answer.Status == 429)
            {
                answer.Error["code"]!.GetValue<string>().ShouldBe("too_many_attempts");
                int.Parse(answer.Headers["retry-after"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
            }
        }

        statuses.Count(status => status == 401).ShouldBe(SignInThrottle.MaxFailures);
        statuses.Count(status => status == 429).ShouldBe(1000 - SignInThrottle.MaxFailures);

        // Who was right before is not shut out, at the very address that guesses; who was not waits a minute.
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", known)).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Post, "/admin/session", body: new { token = known })).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", unused)).Status.ShouldBe(429);
        own.Clock.Advance(TimeSpan.FromSeconds(61));
        (await own.SendAsync(HttpMethod.Get, "/admin/keys", unused)).Status.ShouldBe(200);
    }

    [Fact]
    public void Token_WhenOneSourceGuessesAtIt_IsOpenToAnother()
    {
        var throttle = new SignInThrottle(_clock);
        for (var i = 0; i < 1000; i++)
        {
            throttle.Failed(From("198.51.100.1"), $"{Guessed}{i}");
        }

        Should.Throw<GatewayErrorException>(() => throttle.Check(From("198.51.100.1"), $"{Guessed}-right"))
            .Error.RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
        throttle.Check(From("198.51.100.2"), $"{Guessed}-right");

        // Nobody has a second try at it meanwhile, but at another.
        throttle.Failed(From("198.51.100.3"), $"{Guessed}-wrong");
        Should.Throw<GatewayErrorException>(() => throttle.Check(From("198.51.100.3"), $"{Guessed}-wrong-too"));
        throttle.Check(From("198.51.100.3"), "gw-admin-another-one");
        _clock.Advance(TimeSpan.FromMinutes(1));
        throttle.Check(From("198.51.100.1"), $"{Guessed}-right");
    }

    [Fact]
    public void Source_WhenItHasANetworkOfAddresses_IsOne()
    {
        var throttle = new SignInThrottle(_clock);
        for (var i = 0; i < SignInThrottle.MaxFailures; i++)
        {
            throttle.Failed(From($"2001:db8:1:2::{i:x}"), "wrong");
        }

        Should.Throw<GatewayErrorException>(() => throttle.Check(From("2001:db8:1:2:ffff::1"), "wrong"));
        throttle.Check(From("2001:db8:1:3::1"), "wrong");
    }

    /// <summary>Beyond a bound all newcomers are one.</summary>
    [Fact]
    public void Sources_WhenThereAreVeryMany_CostNoMore()
    {
        var throttle = new SignInThrottle(_clock);
        for (var i = 0; i < 20_000; i++)
        {
            throttle.Failed(From(new IPAddress(0x0A000000L + i).ToString()), $"gw-admin-{i:D6}-wrong");
        }

        Should.Throw<GatewayErrorException>(() => throttle.Check(From("198.51.100.1"), "never-seen"));
        throttle.Succeeded("right-before");
        throttle.Check(From("198.51.100.1"), "right-before");
        _clock.Advance(TimeSpan.FromMinutes(1));
        throttle.Check(From("198.51.100.1"), "never-seen");
    }

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}
