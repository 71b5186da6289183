using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Contracts;

/// <summary>Money: a whole number of 10^-9 US dollars. Sums are exact; rounding happens once, in <see cref="FromUsd"/>.</summary>
[JsonConverter(typeof(NanoUsdJsonConverter))]
public readonly record struct NanoUsd(long Value) : IComparable<NanoUsd>
{
    public const long PerUsd = 1_000_000_000;

    public static NanoUsd Zero => default;

    /// <summary>Rounds half to even, as every amount is rounded exactly once.</summary>
    public static NanoUsd FromUsd(decimal usd)
        => new(checked((long)decimal.Round(usd * PerUsd, 0, MidpointRounding.ToEven)));

    public decimal ToUsd() => (decimal)Value / PerUsd;

    public static NanoUsd operator +(NanoUsd left, NanoUsd right) => new(checked(left.Value + right.Value));

    public static NanoUsd operator -(NanoUsd left, NanoUsd right) => new(checked(left.Value - right.Value));

    public static bool operator <(NanoUsd left, NanoUsd right) => left.Value < right.Value;

    public static bool operator >(NanoUsd left, NanoUsd right) => left.Value > right.Value;

    public static bool operator <=(NanoUsd left, NanoUsd right) => left.Value <= right.Value;

    public static bool operator >=(NanoUsd left, NanoUsd right) => left.Value >= right.Value;

    public static NanoUsd Add(NanoUsd left, NanoUsd right) => left + right;

    public static NanoUsd Subtract(NanoUsd left, NanoUsd right) => left - right;

    public int CompareTo(NanoUsd other) => Value.CompareTo(other.Value);

    public override string ToString() => ToUsd().ToString("0.#########", CultureInfo.InvariantCulture);
}

/// <summary>Between services an amount travels as its whole number; dollars are for people and the admin API.</summary>
public sealed class NanoUsdJsonConverter : JsonConverter<NanoUsd>
{
    public override NanoUsd Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, NanoUsd value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}
