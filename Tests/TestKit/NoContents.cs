using Gateway.Contracts.Contents;

namespace Tests.TestKit;

/// <summary>For an Edge without a UsageService, whose tests keep no content.</summary>
internal sealed class NoContents : IContentLog
{
    public Task RecordAsync(IReadOnlyList<CallContent> contents, CancellationToken cancellationToken)
        => throw new InvalidOperationException("No project wants its content kept here.");
}
