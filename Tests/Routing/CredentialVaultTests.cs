using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RoutingService.Secrets;
using ServiceDefaults.Settings;
using Shouldly;
using Xunit;

namespace Tests.Routing;

public sealed class CredentialVaultTests
{
    private const string Secret = "sk-provider-secret-é";

    private readonly CredentialVault _vault = new([RandomNumberGenerator.GetBytes(32)]);
    private readonly Guid _row = Guid.NewGuid();

    [Fact]
    public void Open_WhenSealedForTheRow_GivesTheSecret() => _vault.Open(_row, "p", _vault.Seal(_row, Secret)).Reveal().ShouldBe(Secret);

    [Fact]
    public void Open_WhenOfAnotherRow_IsRefused()
        => Should.Throw<SettingsException>(() => _vault.Open(Guid.NewGuid(), "p", _vault.Seal(_row, Secret))).Message.ShouldContain("another row");

    [Fact]
    public void Open_WhenAnyBitIsDamaged_IsRefused()
    {
        var sealedSecret = _vault.Seal(_row, Secret);
        for (var i = 0; i < sealedSecret.Length; i++)
        {
            var damaged = sealedSecret.ToArray();
            damaged[i] ^= 1;

            Should.Throw<SettingsException>(() => _vault.Open(_row, "p", damaged), $"byte {i}").Message.ShouldContain("'p'");
        }
    }

    [Fact]
    public void Open_WhenCutAnywhere_IsRefused()
    {
        var sealedSecret = _vault.Seal(_row, Secret);
        for (var length = 0; length < sealedSecret.Length; length++)
        {
            Should.Throw<SettingsException>(() => _vault.Open(_row, "p", sealedSecret[..length]), $"{length} bytes");
        }
    }

    [Fact]
    public void Open_WhenTheMasterKeyIsAnother_NamesTheSetting()
    {
        var other = new CredentialVault([RandomNumberGenerator.GetBytes(32)]);

        Should.Throw<SettingsException>(() => other.Open(_row, "p", _vault.Seal(_row, Secret))).Message.ShouldContain("Gateway__MasterKey");
    }

    [Fact]
    public void Seal_WhenCalledTwice_GivesDifferentBytesThatHoldNothingOfTheSecret()
    {
        var first = _vault.Seal(_row, Secret);

        first.ShouldNotBe(_vault.Seal(_row, Secret));
        first.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret[..8])).ShouldBe(-1);
    }

    [Fact]
    public void Credential_WhenPrintedOrSerialized_ShowsNothing()
    {
        var credential = new ProviderCredential(Secret);

        $"{credential}".ShouldBe("***");
        JsonSerializer.Serialize(credential).ShouldBe("{}");
    }
}
