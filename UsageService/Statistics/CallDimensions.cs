using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using UsageService.RequestLog;

namespace UsageService.Statistics;

/// <summary>What calls are added up by: calls that are alike in all of it share their sums. Names are the last ones that were seen.</summary>
internal sealed record CallDimensions
{
    /// <summary>In the place of a name that nobody but the client knows, and of all names when there are too many.</summary>
    public const string Unknown = "(unknown)";
    public const string Other = "(other)";

    public long Id { get; init; }

    /// <summary>Of all that follows.</summary>
    public Guid Digest { get; init; }

    public RollupKind Kind { get; init; }

    public Guid? KeyId { get; init; }

    public string? KeyName { get; init; }

    public Guid? ProjectId { get; init; }

    public string? ProjectName { get; init; }

    public string? Provider { get; init; }

    public string? UpstreamModel { get; init; }

    public required string RequestedModel { get; init; }

    public required string Format { get; init; }

    public int StatusCode { get; init; }

    public string? ErrorCode { get; init; }

    public string? ServiceTier { get; init; }

    public string? RoutingTier { get; init; }

    public string? TaskType { get; init; }

    public string? Client { get; init; }

    /// <summary>Of <see cref="RollupKind.Tagged"/> alone.</summary>
    public string? Tag { get; init; }

    /// <summary>All that a call is added to.</summary>
    public static IEnumerable<CallDimensions> Of(LoggedCall call)
    {
        var all = AllOf(call);
        yield return all;
        yield return new CallDimensions
        {
            Kind = RollupKind.Coarse,
            ProjectId = call.ProjectId,
            ProjectName = call.ProjectName,
            Provider = call.Provider,
            UpstreamModel = call.UpstreamModel,
            RequestedModel = "",
            Format = "",
            StatusCode = call.StatusCode,
        };
        foreach (var tag in CallTags.Split(call.Tags))
        {
            yield return all with { Kind = RollupKind.Tagged, Tag = tag };
        }
    }

    private static CallDimensions AllOf(LoggedCall call) => new()
    {
        KeyId = call.KeyId,
        KeyName = call.KeyName,
        ProjectId = call.ProjectId,
        ProjectName = call.ProjectName,
        Provider = call.Provider,
        UpstreamModel = call.UpstreamModel,
        RequestedModel = IsKnown(call) ? call.RequestedModel : Unknown,
        Format = call.Format,
        StatusCode = call.StatusCode,
        ErrorCode = call.ErrorCode,
        ServiceTier = call.ServiceTier,
        RoutingTier = call.RoutingTier,
        TaskType = call.TaskType,
        Client = call.Client,
    };

    /// <summary>What takes the place of these when there are too many.</summary>
    public CallDimensions Coarser() => new()
    {
        Kind = Kind,
        KeyId = KeyId,
        ProjectId = ProjectId,
        Provider = Provider,
        UpstreamModel = UpstreamModel is null ? null : Other,
        RequestedModel = Other,
        Format = Format,
        StatusCode = StatusCode,
        Tag = Tag is null ? null : Other,
    };

    public CallDimensions WithDigest()
    {
        var text = new StringBuilder();
        foreach (var part in (ReadOnlySpan<string?>)
        [
            $"{Kind}", KeyId?.ToString("N"), KeyName, ProjectId?.ToString("N"), ProjectName, Provider, UpstreamModel, RequestedModel, Format,
            $"{StatusCode}", ErrorCode, ServiceTier, RoutingTier, TaskType, Client, Tag,
        ])
        {
            // Its length before it: no two lists of parts make one text.
            text.Append(part?.Length ?? -1).Append(':').Append(part);
        }

        return this with { Digest = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16)) };
    }

    /// <summary>A model name of a stranger's, or one that leads nowhere, is anything at all, and no two need be the same.</summary>
    private static bool IsKnown(LoggedCall call) => call.KeyId is not null && (call.Provider is not null || call.ErrorCode != "model_not_found");
}

internal sealed class CallDimensionsConfiguration : IEntityTypeConfiguration<CallDimensions>
{
    public void Configure(EntityTypeBuilder<CallDimensions> builder)
    {
        builder.ToTable("usage_dimensions");
        builder.HasIndex(dimensions => dimensions.Digest).IsUnique();
    }
}
