using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>What the gateway calls itself.</summary>
public sealed record ApiDescriptionSetting(string Title, string? Description, string Version)
{
    public static ApiDescriptionSetting Read(IConfiguration configuration) => new(
        configuration["API_TITLE"] is { Length: > 0 } title ? title : "LLM gateway",
        configuration["API_DESCRIPTION"] is { Length: > 0 } description ? description : null,
        configuration["API_VERSION"] is { Length: > 0 } version ? version : "1.0.0");
}
