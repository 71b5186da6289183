using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KeyService.Admins;

/// <summary>Section <c>Admin:Session</c>.</summary>
internal sealed class AdminSessionOptions
{
    public const string Section = "Admin:Session";

    /// <summary>How long a sign-in lasts, whatever is done meanwhile.</summary>
    [Range(5, 7 * 24 * 60)]
    public int LifetimeMinutes { get; set; } = 8 * 60;
}

[OptionsValidator]
internal sealed partial class AdminSessionOptionsValidator : IValidateOptions<AdminSessionOptions>;
