using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Usage;

/// <summary>What happened: the request log, and later the statistics, costs and audit made from it.</summary>
public interface IUsageLog
{
    /// <summary>
    /// Stores records; those that are there already are left as they are. An error of kind <see cref="GatewayErrorKind.BadRequest"/> says that
    /// no further try can succeed, any other failure that one may.
    /// </summary>
    Task RecordAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken);
}
