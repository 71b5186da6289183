using Gateway.Contracts.Keys;
using Shouldly;
using Xunit;

namespace Tests.Contracts;

public sealed class VirtualKeySecretTests
{
    [Fact]
    public void Create_WhenCalledOften_GivesWellFormedAndDifferentKeys()
    {
        var keys = Enumerable.Range(0, 2000).Select(_ => VirtualKeySecret.Create()).ToList();

        keys.ShouldAllBe(key => key.Length == VirtualKeySecret.Length);
        keys.ShouldAllBe(key => key.StartsWith(VirtualKeySecret.Prefix, StringComparison.Ordinal));
        keys.ShouldAllBe(key => key.Skip(VirtualKeySecret.Prefix.Length).All(char.IsAsciiLetterOrDigit));
        keys.ShouldAllBe(key => VirtualKeySecret.IsWellFormed(key));
        keys.Distinct(StringComparer.Ordinal).Count().ShouldBe(keys.Count);
    }

    [Fact]
    public void IsWellFormed_WhenAnyOneCharacterIsAnother_IsFalse()
    {
        var key = VirtualKeySecret.Create();
        foreach (var replacement in "0aZ_ \0é")
        {
            for (var i = 0; i < key.Length; i++)
            {
                var changed = $"{key[..i]}{replacement}{key[(i + 1)..]}";

                VirtualKeySecret.IsWellFormed(changed).ShouldBe(changed == key, $"position {i}, '{replacement}'");
            }
        }
    }

    [Fact]
    public void IsWellFormed_WhenACharacterHasTheSameLowByte_IsFalse()
    {
        var key = VirtualKeySecret.Create();

        VirtualKeySecret.IsWellFormed($"{key[..20]}{(char)(key[20] + 0x100)}{key[21..]}").ShouldBeFalse();
    }

    [Fact]
    public void IsWellFormed_WhenTwoNeighboursAreSwapped_IsFalse()
    {
        var key = VirtualKeySecret.Create();
        for (var i = VirtualKeySecret.Prefix.Length; i + 1 < key.Length; i++)
        {
            var swapped = $"{key[..i]}{key[i + 1]}{key[i]}{key[(i + 2)..]}";

            VirtualKeySecret.IsWellFormed(swapped).ShouldBe(swapped == key);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-gw-")]
    [InlineData("sk-proj-0123456789012345678901234567890123456789012345678")]
    public void IsWellFormed_WhenNoKey_IsFalse(string text) => VirtualKeySecret.IsWellFormed(text).ShouldBeFalse();

    [Fact]
    public void IsWellFormed_WhenCutOrLengthened_IsFalse()
    {
        var key = VirtualKeySecret.Create();

        VirtualKeySecret.IsWellFormed(key.AsSpan(0, key.Length - 1)).ShouldBeFalse();
        VirtualKeySecret.IsWellFormed(key + "0").ShouldBeFalse();
        VirtualKeySecret.IsWellFormed(" " + key).ShouldBeFalse();
        VirtualKeySecret.IsWellFormed(null).ShouldBeFalse();
    }

    [Fact]
    public void Mask_WhenOfAKey_ShowsItsStartAndEndAlone()
    {
        var key = VirtualKeySecret.Create();

        var mask = VirtualKeySecret.Mask(key);

        mask.ShouldBe($"{key[..10]}…{key[^4..]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-short-secret")]
    public void Mask_WhenShort_ShowsNothing(string secret) => VirtualKeySecret.Mask(secret).ShouldBe("sk-…");

    [Fact]
    public void Mask_WhenForeign_ShowsAQuarterAtMost() => VirtualKeySecret.Mask("sk-2hB0vUXs1k9r7yQm3pTzWQ").ShouldBe("sk-…zWQ");

    [Theory]
    [InlineData("sk-2hB0vUXs1k9r7yQm3pTzWQ", true)]
    [InlineData("x", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("sk-gw-mistyped", false)]
    public void MayBeForeign_WhenAsked_RefusesWhatCannotBeAKey(string text, bool expected) => VirtualKeySecret.MayBeForeign(text).ShouldBe(expected);
}
