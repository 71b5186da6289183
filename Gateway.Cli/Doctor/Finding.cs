namespace Gateway.Cli.Doctor;

internal enum Verdict
{
    Ok,
    Warn,
    Fail,
}

/// <param name="Advice">What to do about it.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Message, string? Advice = null)
{
    public static Finding Ok(string check, string message) => new(check, Verdict.Ok, message);

    public static Finding Warn(string check, string message, string advice) => new(check, Verdict.Warn, message, advice);

    public static Finding Fail(string check, string message, string advice) => new(check, Verdict.Fail, message, advice);
}
