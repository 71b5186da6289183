using Gateway.Contracts;

namespace Tests.Faults;

/// <summary>What the client may see of a fault; several that are all right are joined.</summary>
internal sealed record Expected
{
    /// <summary>A whole answer with its one end.</summary>
    public bool MayAnswer { get; init; }

    /// <summary>Some content, then an error in the client's format and no end.</summary>
    public bool MayBreak { get; init; }

    /// <summary>The code of the error in a stream; null for any.</summary>
    public string? BrokenCode { get; init; }

    /// <summary>The status of an error in place of an answer, for OpenAI's formats; 0 for none.</summary>
    public int Status { get; init; }

    public string? Code { get; init; }

    /// <summary>The status in Messages, where it is another.</summary>
    public int? MessagesStatus { get; init; }

    public static Expected Answer { get; } = new() { MayAnswer = true };

    public static Expected Broken { get; } = new() { MayBreak = true, BrokenCode = "upstream_error" };

    public static Expected BadGateway { get; } = Fail(502, "upstream_error");

    public static Expected Unavailable { get; } = Fail(503, "service_unavailable") with { MessagesStatus = 529 };

    public static Expected TimedOut { get; } = Fail(504, "upstream_timeout");

    public static Expected Limited { get; } = Fail(429, "upstream_rate_limited");

    public static Expected Fail(int status, string? code = null) => new() { Status = status, Code = code };

    /// <summary>Another target, if there is one, is asked in its place.</summary>
    public bool IsTargetFault => Status is 429 or >= 500;

    /// <summary>The target is left alone for a while.</summary>
    public bool Rests => IsTargetFault || (MayBreak && !MayAnswer);

    public Expected Or(Expected other) => other with
    {
        MayAnswer = MayAnswer || other.MayAnswer,
        MayBreak = MayBreak || other.MayBreak,
        BrokenCode = other.MayBreak ? other.BrokenCode : BrokenCode,
        Status = Status == 0 ? other.Status : Status,
        Code = Status == 0 ? other.Code : Code,
        MessagesStatus = Status == 0 ? other.MessagesStatus : MessagesStatus,
    };

    public int StatusFor(ClientFormat format) => format == ClientFormat.Messages ? MessagesStatus ?? Status : Status;
}
