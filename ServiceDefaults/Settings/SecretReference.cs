using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Gateway.Configuration.References;

namespace ServiceDefaults.Settings;

/// <summary>A secret setting may say where the secret is: <c>${file:/run/secrets/master}</c> or <c>${keyvault:https://x.vault.azure.net/secrets/master}</c>.</summary>
public static class SecretReference
{
    private const string FileStart = "${file:";
    private const string VaultStart = "${keyvault:";
    private const char End = '}';

    private static readonly Lazy<DefaultAzureCredential> Identity = new(() => new DefaultAzureCredential());

    public static string ToFile(string path) => $"{FileStart}{path}{End}";

    /// <summary>What it leads to may change while the gateway runs.</summary>
    public static bool IsReference(string value)
        => value.EndsWith(End) && (value.StartsWith(FileStart, StringComparison.Ordinal) || value.StartsWith(VaultStart, StringComparison.Ordinal));

    /// <param name="name">The setting, for whoever has to be told what is wrong with it.</param>
    /// <param name="value">The secret itself, or a reference to it.</param>
    /// <param name="vaults">How vaults are reached; null for the identity of the environment.</param>
    public static string Resolve(string name, string value, (TokenCredential Credential, SecretClientOptions Options)? vaults = null)
        => !IsReference(value) ? value
            : value.StartsWith(FileStart, StringComparison.Ordinal) ? ReadFile(name, value[FileStart.Length..^1])
            : ReadVault(name, value[VaultStart.Length..^1], vaults);

    private static string ReadFile(string name, string path)
        => SecretFile.Read(path, Directory.GetCurrentDirectory(), fault => throw new SettingsException($"{SecretSetting.EnvironmentName(name)}: {fault}")).Trim();

    private static string ReadVault(string name, string url, (TokenCredential Credential, SecretClientOptions Options)? vaults)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || !uri.AbsolutePath.StartsWith("/secrets/", StringComparison.Ordinal)
            || !KeyVaultSecretIdentifier.TryCreate(uri, out var secret))
        {
            throw new SettingsException($"{SecretSetting.EnvironmentName(name)}: '{url}' is no secret of a vault (https://NAME.vault.azure.net/secrets/SECRET).");
        }

        try
        {
            var client = vaults is var (credential, options)
                ? new SecretClient(secret.VaultUri, credential, options)
                : new SecretClient(secret.VaultUri, Identity.Value);
            return client.GetSecret(secret.Name, secret.Version).Value.Value.Trim();
        }
        catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            throw new SettingsException($"{SecretSetting.EnvironmentName(name)}: the vault does not give '{url}' ({exception.Message.Split('\n')[0].Trim()}).", exception);
        }
    }
}
