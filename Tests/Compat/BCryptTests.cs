using System.Security.Cryptography;
using System.Text;
using BCrypt.Net;
using Shouldly;
using Xunit;
using BCryptNet = BCrypt.Net.BCrypt;

namespace Tests.Compat;

public sealed class BCryptTests
{
    private const string SeventyTwoBytes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string SeventyTwoBytesHash = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";

    public static TheoryData<string, string> Vectors => new()
    {
        { "", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s." },
        { "a", "$2a$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V." },
        { "abc", "$2a$10$WvvTPHKwdBJ3uk0Z37EMR.hLA2W6N9AEBhEgrAOljy2Ae5MtaSIUi" },
        { "abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC" },
        { "~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$12$WApznUOJfkEGSmYRfnkrPOr466oFDCaj4b6HY3EXGvfxm43seyhgC" },
        { "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
        { SeventyTwoBytes, SeventyTwoBytesHash },
        { SeventyTwoBytes + "chars after 72 are ignored", SeventyTwoBytesHash },
        { "root", "$2a$11$QyLpYkKKG9oNIl2rbZ9X0OgxxbWYZjPZUFN/kuJ4DDywo20WgK3iu" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Hash_OfAKnownPassword_IsTheKnownHashInEveryRevision(string password, string hash)
    {
        foreach (var revision in "aby")
        {
            var expected = $"$2{revision}{hash[3..]}";
            BCryptNet.HashPassword(password, expected[..29]).ShouldBe(expected);
        }

        BCryptNet.Verify(password, hash).ShouldBeTrue();
    }

    [Theory]
    [InlineData("$2a$")]
    [InlineData("$2b$")]
    [InlineData("$2x$")]
    [InlineData("$2y$")]
    public void Verify_WhenRevisionDiffers_StillAcceptsThePassword(string revision)
        => BCryptNet.Verify("U*U", revision + "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").ShouldBeTrue();

    [Fact]
    public void Verify_WhenPasswordIsWrong_IsFalse()
    {
        BCryptNet.Verify("u*u", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").ShouldBeFalse();
        BCryptNet.Verify(SeventyTwoBytes[..71], SeventyTwoBytesHash).ShouldBeFalse();
    }

    [Fact]
    public void HashPassword_WhenOnlyAWorkFactorIsGiven_SaltsEachHashAnew()
    {
        var first = BCryptNet.HashPassword("pässwörd", 4);
        var second = BCryptNet.HashPassword("pässwörd", 4);

        first.ShouldMatch(@"^\$2a\$04\$[./A-Za-z0-9]{53}$");
        second.ShouldNotBe(first);
        BCryptNet.Verify("pässwörd", first).ShouldBeTrue();
    }

    [Fact]
    public void HashPassword_WhenNoWorkFactorIsGiven_UsesEleven()
        => BCryptNet.HashPassword("x").ShouldStartWith("$2a$11$");

    [Fact]
    public void EnhancedHash_IsThePlainHashOfTheDigestInBase64()
    {
        var longPassword = SeventyTwoBytes + "and more";
        var digest = Convert.ToBase64String(SHA384.HashData(Encoding.UTF8.GetBytes(longPassword)));

        var hash = BCryptNet.EnhancedHashPassword(longPassword, 4);

        BCryptNet.EnhancedVerify(longPassword, hash).ShouldBeTrue();
        BCryptNet.Verify(digest, hash).ShouldBeTrue();
        BCryptNet.EnhancedVerify(SeventyTwoBytes, hash).ShouldBeFalse();
    }

    [Theory]
    [InlineData(HashType.SHA256)]
    [InlineData(HashType.SHA384)]
    [InlineData(HashType.SHA512)]
    public void EnhancedVerify_WhenDigestIsTheSame_AcceptsThePassword(HashType hashType)
        => BCryptNet.EnhancedVerify("x", BCryptNet.EnhancedHashPassword("x", 4, hashType), hashType).ShouldBeTrue();

    [Fact]
    public void Verify_WhenHashIsMalformed_Throws()
    {
        Should.Throw<ArgumentException>(() => BCryptNet.Verify("x", ""));
        Should.Throw<SaltParseException>(() => BCryptNet.Verify("x", "plain text"));
        Should.Throw<SaltParseException>(() => BCryptNet.Verify("x", "$2q$05$CCCCCCCCCCCCCCCCCCCCC."));
        Should.Throw<SaltParseException>(() => BCryptNet.Verify("x", "$2a$99$CCCCCCCCCCCCCCCCCCCCC."));
        Should.Throw<ArgumentOutOfRangeException>(() => BCryptNet.Verify("x", "$2a$05$CCCCCC"));
        Should.Throw<ArgumentNullException>(() => BCryptNet.Verify(null!, "$2a$05$CCCCCCCCCCCCCCCCCCCCC."));
    }

    [Fact]
    public void Verify_WhenDigestIsCutOff_IsFalse()
        => BCryptNet.Verify("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe").ShouldBeFalse();

    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    public void GenerateSalt_WhenWorkFactorIsOutOfRange_Throws(int workFactor)
        => Should.Throw<ArgumentOutOfRangeException>(() => BCryptNet.GenerateSalt(workFactor));

    [Fact]
    public void GenerateSalt_HasRevisionAndWorkFactor()
    {
        BCryptNet.GenerateSalt().ShouldMatch(@"^\$2a\$11\$[./A-Za-z0-9]{22}$");
        BCryptNet.GenerateSalt(4, 'b').ShouldMatch(@"^\$2b\$04\$[./A-Za-z0-9]{22}$");
    }

    [Fact]
    public void PasswordNeedsRehash_WhenWorkFactorIsLower_IsTrue()
    {
        BCryptNet.PasswordNeedsRehash(SeventyTwoBytesHash, 6).ShouldBeTrue();
        BCryptNet.PasswordNeedsRehash(SeventyTwoBytesHash, 5).ShouldBeFalse();
    }

    [Fact]
    public void InterrogateHash_OfAHash_SaysHowItWasMade()
    {
        var information = BCryptNet.InterrogateHash("$2a$11$QyLpYkKKG9oNIl2rbZ9X0OgxxbWYZjPZUFN/kuJ4DDywo20WgK3iu");

        information.WorkFactor.ShouldBe("11");
        information.Version.ShouldBe("2a");
        information.Settings.ShouldBe("$2a$11");
        Should.Throw<HashInformationException>(() => BCryptNet.InterrogateHash("plain text"));
    }
}
