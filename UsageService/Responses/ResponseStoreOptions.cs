using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace UsageService.Responses;

/// <summary>Section <c>Responses</c>: how long stored responses and conversations are kept.</summary>
internal sealed class ResponseStoreOptions
{
    public const string Section = "Responses";

    /// <summary>OpenAI keeps them for 30 days.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 30;

    /// <summary>A background response whose Edge has not been heard of for so long has failed. Edges report every second.</summary>
    [Range(5, 3600)]
    public int BackgroundSilenceSeconds { get; set; } = 60;
}

[OptionsValidator]
internal sealed partial class ResponseStoreOptionsValidator : IValidateOptions<ResponseStoreOptions>;
