using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using RoutingService.Downloads;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.Gemini;

/// <summary>Gemini on Vertex AI: the same bodies under a project and a region of Google Cloud, with OAuth.</summary>
internal sealed class VertexAdapter(
    UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider, ThoughtSignatures signatures, MediaDownloads downloads,
    GoogleTokens tokens)
    : GeminiAdapter(http, options, timeProvider, signatures, downloads), IProviderAdapter
{
    private const string Project = "project";
    private const string Region = "region";
    private const string Global = "global";

    public override string Type => "vertex";

    /// <summary>Of the global location; other regions have a host of their own.</summary>
    public override Uri? DefaultBaseUrl { get; } = new("https://aiplatform.googleapis.com");

    /// <summary>It is bought beforehand, or asked for by a header.</summary>
    public override bool CanAskFor(string serviceTier) => false;

    public override IReadOnlyCollection<string> SettingNames { get; } = [Project, Region];

    public IReadOnlyCollection<string> RequiredSettingNames { get; } = [Project];

    protected override bool IsVertex => true;

    public override string? FindSettingFault(string name, string value)
        => value.Length is > 0 and <= 64 && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or ':')
            ? null : "Letters, digits, '-', '.' and ':' are allowed.";

    protected override string ModelUrl(ProviderTarget provider, string model)
    {
        var path = model.StartsWith("endpoints/", StringComparison.Ordinal) ? EscapePath(model) : $"publishers/google/models/{Uri.EscapeDataString(model)}";
        return $"{HostOf(provider)}/v1beta1/projects/{provider.Setting(Project)}/locations/{RegionOf(provider)}/{path}";
    }

    /// <summary>What Google publishes, whatever of it the project may use: it is not read.</summary>
    protected override string ListUrl(ProviderTarget provider) => $"{HostOf(provider)}/v1beta1/publishers/google/models?pageSize=1";

    protected override IReadOnlySet<string>? ReadModels(ReadOnlyMemory<byte> body) => null;

    private static string RegionOf(ProviderTarget provider) => provider.Setting(Region) ?? Global;

    private string HostOf(ProviderTarget provider) => provider.BaseUrl != DefaultBaseUrl || RegionOf(provider) == Global
        ? BaseUrl(provider) : $"https://{RegionOf(provider)}-aiplatform.googleapis.com";

    protected override async ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderTarget provider, CancellationToken cancellationToken)
        => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(provider, cancellationToken));
}
