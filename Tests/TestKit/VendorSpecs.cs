using System.Text;
using Gateway.Simulator.Specs;
using Shouldly;
using Xunit;

namespace Tests.TestKit;

/// <summary>The vendors' descriptions of their APIs, where they are; else the test is skipped.</summary>
internal static class VendorSpecs
{
    public static SpecBook Book
    {
        get
        {
            Assert.SkipWhen(SpecBook.Default is null, "the vendors' specs are not here: set GATEWAY_SPECS to their folder, or put them in ../shared/specs");
            return SpecBook.Default!;
        }
    }

    /// <param name="name">One of <see cref="SpecNames"/>.</param>
    /// <param name="closed">Fields that the description does not know are violations.</param>
    public static void ShouldFit(string name, string json, bool closed = false)
        => ShouldFit(name, Encoding.UTF8.GetBytes(json), closed);

    public static void ShouldFit(string name, ReadOnlyMemory<byte> json, bool closed = false)
        => Book.Validate(name, json, closed).ShouldBeEmpty($"{name}: {Encoding.UTF8.GetString(json.Span)}");
}
