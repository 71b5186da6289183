namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>The values of <c>grpc-status</c> that are used here.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>A call that ends with another status than <see cref="GrpcStatus.Ok"/>.</summary>
internal sealed class GrpcException(GrpcStatus status, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public GrpcStatus Status { get; } = status;
}
