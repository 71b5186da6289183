using System.Text.Json;
using Gateway.Contracts;
using Shouldly;
using Xunit;

namespace Tests.Contracts;

public sealed class NanoUsdTests
{
    [Theory]
    [InlineData("0.0000000005", 0)]
    [InlineData("0.0000000015", 2)]
    [InlineData("0.0000000025", 2)]
    [InlineData("0.00000000250000001", 3)]
    [InlineData("-0.0000000015", -2)]
    [InlineData("1", 1_000_000_000)]
    [InlineData("9223372036.854775807", long.MaxValue)]
    public void FromUsd_WhenBetweenTwo_RoundsHalfToEven(string usd, long expected)
        => NanoUsd.FromUsd(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)).Value.ShouldBe(expected);

    [Fact]
    public void FromUsd_WhenTooLarge_Overflows() => Should.Throw<OverflowException>(() => NanoUsd.FromUsd(9_223_372_037m));

    [Fact]
    public void Sum_WhenOfManySmallAmounts_IsExact()
    {
        var sum = NanoUsd.Zero;
        for (var i = 0; i < 10_000; i++)
        {
            sum += new NanoUsd(123);
        }

        sum.Value.ShouldBe(1_230_000);
        sum.ToString().ShouldBe("0.00123");
    }

    [Fact]
    public void Sum_WhenTooLarge_OverflowsInsteadOfTurningNegative()
    {
        Should.Throw<OverflowException>(() => new NanoUsd(long.MaxValue) + new NanoUsd(1));
        Should.Throw<OverflowException>(() => new NanoUsd(long.MinValue) - new NanoUsd(1));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000000001")]
    [InlineData(-1_500_000_000, "-1.5")]
    [InlineData(2_000_000_000, "2")]
    public void ToString_Always_IsPlainDollars(long value, string expected) => new NanoUsd(value).ToString().ShouldBe(expected);

    [Fact]
    public void Comparison_Always_IsThatOfTheNumbers()
    {
        (new NanoUsd(1) < new NanoUsd(2)).ShouldBeTrue();
        (new NanoUsd(2) <= new NanoUsd(2)).ShouldBeTrue();
        (new NanoUsd(3) > new NanoUsd(2)).ShouldBeTrue();
        (new NanoUsd(3) >= new NanoUsd(4)).ShouldBeFalse();
        new NanoUsd(1).CompareTo(new NanoUsd(2)).ShouldBeLessThan(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Json_WhenWrittenAndRead_IsTheWholeNumber(long value)
    {
        var json = JsonSerializer.Serialize(new NanoUsd(value));

        json.ShouldBe(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        JsonSerializer.Deserialize<NanoUsd>(json).Value.ShouldBe(value);
    }

    [Theory]
    [InlineData("0.5")]
    [InlineData("\"5\"")]
    [InlineData("9223372036854775808")]
    public void Json_WhenNoWholeNumber_IsRefused(string json) => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<NanoUsd>(json));
}
