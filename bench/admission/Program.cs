// CPU of an admission with its settlement: dotnet run -c Release --project bench/admission
using System.Globalization;
using Bench.Admission;

var text = CultureInfo.InvariantCulture;
var rounds = args is [var given, ..] ? int.Parse(given, text) : 5;
var loads = new Load[] { new(1, 3_000), new(16, 10_000), new(256, 20_000) };

await using var direct = await Ledger.InProcessAsync();
await using var batched = await Ledger.OverHttpAsync(batching: true);
await using var single = await Ledger.OverHttpAsync(batching: false);
Ledger[] ledgers = [direct, batched, single];

Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
var measured = new Dictionary<(Ledger, Load), List<Cost>>();
foreach (var ledger in ledgers)
{
    // Compiled, warmed up, and the key verified.
    await ledger.MeasureAsync(new Load(64, 5_000));
}

for (var round = 1; round <= rounds; round++)
{
    foreach (var load in loads)
    {
        foreach (var ledger in ledgers)
        {
            var cost = await ledger.MeasureAsync(load);
            (measured.TryGetValue((ledger, load), out var costs) ? costs : measured[(ledger, load)] = []).Add(cost);
            Console.WriteLine(string.Create(
                text, $"round {round}  {ledger.Name,-26} c{load.Concurrency,-4} {cost.Caller,7:0.0} + {cost.Service,7:0.0} = {cost.Sum,7:0.0} us a call"));
        }
    }
}

Console.WriteLine();
Console.WriteLine("| CPU us a call, caller + KeyService = sum | " + string.Join(" | ", loads.Select(load => $"c{load.Concurrency}")) + " |");
Console.WriteLine("| --- | " + string.Join(" | ", loads.Select(_ => "---")) + " |");
foreach (var ledger in ledgers)
{
    var cells = loads.Select(load =>
    {
        var median = measured[(ledger, load)].OrderBy(cost => cost.Sum).ElementAt(rounds / 2);
        return ledger == direct
            ? string.Create(text, $"{median.Sum:0}")
            : string.Create(text, $"{median.Caller:0} + {median.Service:0} = {median.Sum:0}");
    });
    Console.WriteLine($"| {ledger.Name} | {string.Join(" | ", cells)} |");
}
