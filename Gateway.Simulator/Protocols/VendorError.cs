namespace Gateway.Simulator.Protocols;

/// <summary>A failure as a vendor answers it.</summary>
internal sealed record VendorError(int Status, string Message, string? Code = null);
