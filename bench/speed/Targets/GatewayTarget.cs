using System.Security.Cryptography;
using Bench.Speed.Load;

namespace Bench.Speed.Targets;

/// <summary>The gateway, in one process or as four services, as it is published and with the settings that it comes with.</summary>
internal sealed class GatewayTarget : Target
{
    private const string Edge = "Gateway.Edge";
    private const string Standalone = "Gateway.Standalone";
    private static readonly string[] ServiceNames = ["KeyService", "RoutingService", "UsageService", Edge];

    private readonly Surroundings _surroundings;
    private readonly string[] _programs;
    private readonly int[] _ports;
    private readonly Dictionary<string, string> _environment;
    private readonly GatewaySetup _setup;
    private readonly string _metricsToken = Secret();
    private string? _key;

    private GatewayTarget(string name, Surroundings surroundings, string[] programs, int[] ports, bool isEverythingOn)
        : base(name, ports[^1])
    {
        (_surroundings, _programs, _ports) = (surroundings, programs, ports);
        var adminKey = $"gw-admin-{RandomNumberGenerator.GetHexString(48, lowercase: true)}";
        _setup = new GatewaySetup(Address, adminKey, surroundings.Upstream, isEverythingOn);
        _environment = new Dictionary<string, string>
        {
            ["Gateway__DataDirectory"] = Path.Combine(surroundings.WorkDirectory, name.Replace(' ', '-')),
            ["Gateway__AdminKey"] = adminKey,
            ["Gateway__MasterKey"] = Secret(),
            ["Gateway__KeyPepper"] = Secret(),
            ["Gateway__InternalKey"] = Secret(),
            ["Metrics__Token"] = _metricsToken,
        };
        if (isEverythingOn)
        {
            _environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{surroundings.OtlpPort}";
        }
        else
        {
            _environment["Metrics__Enabled"] = "false";
        }

        foreach (var (setting, value) in surroundings.RuntimeSettings)
        {
            _environment[setting] = value;
        }

        foreach (var (program, port) in programs.Zip(ports))
        {
            _environment[$"services__{(program == Edge ? "edge" : program.ToLowerInvariant())}__http__0"] = $"http://127.0.0.1:{port}";
        }
    }

    public static GatewayTarget InOneProcess(Surroundings surroundings, string name, bool isEverythingOn)
        => new(name, surroundings, [Standalone], Ports.Free(1), isEverythingOn);

    public static GatewayTarget AsFourServices(Surroundings surroundings, string name)
        => new(name, surroundings, ServiceNames, Ports.Free(ServiceNames.Length), isEverythingOn: true);

    public override (string Model, string Headers)? Take(Traffic traffic, Workload workload)
        => (GatewaySetup.Alias(traffic, workload.ChunkDelayMs), $"Authorization: Bearer {_key}\r\n");

    public override IReadOnlyDictionary<int, string> Programs => ProcessIds.Zip(_programs).ToDictionary(pair => pair.First, pair => pair.Second);

    public override Task<RuntimeReading?> ReadRuntimeAsync(CancellationToken cancellationToken) => GatewaySetup.ReadRuntimeAsync(_ports, _metricsToken, cancellationToken);

    protected override IEnumerable<ChildProcess> Launch() => _programs.Zip(_ports).Select(pair =>
    {
        var directory = Path.Combine(_surroundings.ProgramDirectory, pair.First);
        return ChildProcess.Start(
            "dotnet",
            [Path.Combine(directory, pair.First + ".dll"), "--urls", $"http://127.0.0.1:{pair.Second}"],
            _surroundings.LogOf($"{Name}-{pair.First}"),
            _environment,
            directory);
    });

    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) => GatewaySetup.IsReadyAsync(_ports, cancellationToken);

    protected override async Task PrepareAsync(CancellationToken cancellationToken) => _key ??= await _setup.CreateAsync(cancellationToken);

    private static string Secret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
