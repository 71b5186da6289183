using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>How clients say who they are.</summary>
/// <param name="IsEnabled">Where it is not, calls without a key are made with a key of the gateway's own.</param>
/// <param name="HeaderName">The header that is asked for a key beside those that the SDKs send.</param>
public sealed record ClientAuthenticationSetting(bool IsEnabled, string HeaderName)
{
    public const string EnabledVariable = "ENABLE_AUTH";
    public const string HeaderVariable = "AUTH_HEADER_NAME";
    public const string DefaultHeader = "Authorization";

    /// <summary>Without authentication the gateway listens on this machine alone, unless this says otherwise.</summary>
    public const string OpenToNetwork = "Gateway:OpenToNetwork";

    private const int MaxNameLength = 100;

    public static ClientAuthenticationSetting Read(IConfiguration configuration)
    {
        var header = configuration[HeaderVariable]?.Trim() is { Length: > 0 } named ? named : DefaultHeader;
        return header.Length <= MaxNameLength && header.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            ? new ClientAuthenticationSetting(EnvironmentFlag.Read(configuration, EnabledVariable) ?? true, header)
            : throw new SettingsException($"{HeaderVariable} must be the name of a header, such as X-API-Key.");
    }

    /// <summary>Refuses to let anyone in who can reach the machine, where nobody has said that this is meant.</summary>
    public void CheckAddresses(IConfiguration configuration)
    {
        if (!IsEnabled && EnvironmentFlag.Read(configuration, OpenToNetwork) != true && Hosting.ListenAddresses.FindPublic(configuration) is { } address)
        {
            throw new SettingsException(
                $"{EnabledVariable}=false lets everybody call who can reach {address}. Listen on localhost, or set {SecretSetting.EnvironmentName(OpenToNetwork)}=true.");
        }
    }
}
