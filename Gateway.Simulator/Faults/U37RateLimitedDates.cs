using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

internal sealed class U37RateLimitedDates : IFault
{
    public string Summary => "429, retry-after as a date, far away, negative or garbage.";

    public IReadOnlyDictionary<string, Answer> Answers { get; } = new Dictionary<string, Answer>
    {
        ["u37"] = After("Fri, 31 Dec 2099 23:59:59 GMT"),
        ["u37-past"] = After("Wed, 21 Oct 2015 07:28:00 GMT"),
        ["u37-ten-years"] = After("315360000"),
        ["u37-overflow"] = After("99999999999"),
        ["u37-negative"] = After("-5"),
        ["u37-garbage"] = After("soon"),
    };

    private static Answer After(string value)
        => new() { Status = 429, Headers = new Dictionary<string, string> { ["retry-after"] = value } };
}
