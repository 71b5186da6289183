namespace Bench.Admission;

/// <summary>So many callers at once, so many calls in all.</summary>
internal sealed record Load(int Concurrency, int Calls);

/// <summary>Microseconds of CPU for each call, of the process that calls and of KeyService's.</summary>
internal sealed record Cost(double Caller, double Service)
{
    public double Sum => Caller + Service;
}
