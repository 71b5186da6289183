namespace Gateway.Contracts.Errors;

/// <summary>Carries a <see cref="GatewayError"/> to the one place that writes it in the client's format.</summary>
public class GatewayErrorException : Exception
{
    public GatewayErrorException(GatewayError error)
        : base(error.Message)
        => Error = error;

    public GatewayErrorException(GatewayError error, Exception innerException)
        : base(error.Message, innerException)
        => Error = error;

    public GatewayError Error { get; }
}
