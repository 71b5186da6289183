// CPU of an admission and of its settlement: dotnet run -c Release --project bench/admission [ROUNDS]
using System.Globalization;
using Bench.Admission;

var text = CultureInfo.InvariantCulture;
var rounds = args is [var given, ..] ? int.Parse(given, text) : 3;
var loads = new Load[] { new(1, 1_000), new(16, 3_000), new(256, 5_000) };

await using var direct = await Ledger.InProcessAsync();
await using var batched = await Ledger.OverHttpAsync(batching: true);
await using var single = await Ledger.OverHttpAsync(batching: false);
Ledger[] ledgers = [direct, batched, single];

Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
foreach (var ledger in ledgers)
{
    // Compiled, and the key verified.
    await ledger.MeasureAsync(new Load(64, 1_000));
}

var measured = new List<(Ledger Ledger, Load Load, string What, Cost Cost)>();
for (var round = 1; round <= rounds; round++)
{
    foreach (var load in loads)
    {
        foreach (var ledger in ledgers)
        {
            var (admission, settlement) = await ledger.MeasureAsync(load);
            Add(ledger, load, "admission", admission);
            Add(ledger, load, "settlement", settlement);

            void Add(Ledger ledger, Load load, string what, Cost cost)
            {
                measured.Add((ledger, load, what, cost));
                Console.WriteLine(string.Create(
                    text, $"round {round}  {what,-10}  {ledger.Name,-22} c{load.Concurrency,-4} {cost.Caller,7:0.0} + {cost.Service,7:0.0} = {cost.Sum,7:0.0} us"));
            }
        }
    }
}

Console.WriteLine();
Console.WriteLine("| us of CPU a call, caller + KeyService | " + string.Join(" | ", loads.Select(load => $"c{load.Concurrency}")) + " |");
Console.WriteLine("| --- | " + string.Join(" | ", loads.Select(_ => "---")) + " |");
foreach (var row in measured.GroupBy(row => (row.What, row.Ledger)).OrderBy(row => row.Key.What, StringComparer.Ordinal))
{
    var cells = loads.Select(load =>
    {
        var median = row.Where(other => other.Load == load).Select(other => other.Cost).OrderBy(cost => cost.Sum).ElementAt(rounds / 2);
        return row.Key.Ledger == direct ? string.Create(text, $"{median.Sum:0}") : string.Create(text, $"{median.Caller:0} + {median.Service:0}");
    });
    Console.WriteLine($"| {row.Key.What}, {row.Key.Ledger.Name} | {string.Join(" | ", cells)} |");
}
