using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Contents;

/// <summary>Section <c>Edge:Contents</c>: how much of a call's content is kept, for projects that want it kept.</summary>
internal sealed class ContentOptions
{
    public const string Section = "Edge:Contents";

    /// <summary>Of a request, and of an answer.</summary>
    [Range(1, 1024)]
    public int MaxKilobytes { get; set; } = 64;

    /// <summary>Calls whose content waits to be redacted and sent; beyond it content is dropped, and counted.</summary>
    [Range(1, 10_000)]
    public int QueueLength { get; set; } = 500;
}

[OptionsValidator]
internal sealed partial class ContentOptionsValidator : IValidateOptions<ContentOptions>;
