// The speed of the gateway beside its reference points: bench/run.sh. The parts alone:
//   speed upstream PORT OTLP_PORT     answers as the vendors do, from memory; takes OTLP exports and drops them
//   speed forward PORT UPSTREAM_PORT  the reference: the least that Kestrel and SocketsHttpHandler do
//   speed load PORT WORKLOAD KEY MODEL SECONDS  one load, e.g. "load 8080 S1.c64 sk-gw-… bench 5"; WORKLOAD may end in :messages or :responses
//   speed run [--quick] [--only TEXT]… [--rounds N] [--seconds N] [--soak MINUTES]
using Bench.Speed;
using Bench.Speed.Forwarding;
using Bench.Speed.Upstream;

return args switch
{
    ["upstream", var port, var otlpPort] => await UpstreamServer.RunAsync(int.Parse(port), int.Parse(otlpPort)),
    ["forward", var port, var upstreamPort] => await Forwarder.RunAsync(int.Parse(port), int.Parse(upstreamPort)),
    ["load", .. var options] => await LoadCommand.RunAsync(options),
    ["run", .. var options] => await RunCommand.RunAsync(options),
    _ => throw new ArgumentException("One of: upstream, forward, load, run."),
};
