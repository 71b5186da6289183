using Bench.Speed.Load;

namespace Bench.Speed.Targets;

/// <summary>Gives a call on as it is, and translates nothing.</summary>
internal abstract class PlainTarget(string name, int port) : Target(name, port)
{
    public override (string Model, string Headers)? Take(Traffic traffic, Workload workload)
        => traffic.Translated ? null : ($"bench-d{workload.ChunkDelayMs}", "Authorization: Bearer sk-bench\r\n");
}

/// <summary>This program as upstream, asked without anything between.</summary>
internal sealed class UpstreamTarget(Surroundings surroundings) : PlainTarget(Names.Direct, surroundings.UpstreamPort)
{
    public override bool IsMeasured => false;

    protected override IEnumerable<ChildProcess> Launch()
        => [ChildProcess.Start("dotnet", [Environment.GetCommandLineArgs()[0], "upstream", $"{surroundings.UpstreamPort}", $"{surroundings.OtlpPort}"], surroundings.LogOf(Name))];
}

internal sealed class ForwarderTarget(Surroundings surroundings, int port) : PlainTarget(Names.Forwarder, port)
{
    protected override IEnumerable<ChildProcess> Launch()
        => [ChildProcess.Start("dotnet", [Environment.GetCommandLineArgs()[0], "forward", $"{EndPoint.Port}", $"{surroundings.UpstreamPort}"], surroundings.LogOf(Name))];
}

/// <summary>Debian's nginx as a proxy that buffers no answer.</summary>
internal sealed class NginxTarget(Surroundings surroundings, string program, int port) : PlainTarget(Names.Nginx, port)
{
    public static string? Program => Surroundings.Find("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx");

    protected override IEnumerable<ChildProcess> Launch()
    {
        var directory = Path.Combine(surroundings.WorkDirectory, Name);
        Directory.CreateDirectory(directory);
        var configuration = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes 2;
            pid {{directory}}/nginx.pid;
            error_log stderr warn;
            events { worker_connections 16384; }
            http {
                access_log off;
                client_body_temp_path {{directory}};
                proxy_temp_path {{directory}};
                client_max_body_size 32m;
                client_body_buffer_size 512k;
                keepalive_requests 1000000000;
                upstream bench { server 127.0.0.1:{{surroundings.UpstreamPort}}; keepalive 512; keepalive_requests 1000000000; }
                server {
                    listen 127.0.0.1:{{EndPoint.Port}} backlog=4096;
                    location / {
                        proxy_pass http://bench;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_buffering off;
                    }
                }
            }
            """);
        return [ChildProcess.Start(program, ["-e", "stderr", "-c", configuration], surroundings.LogOf(Name))];
    }
}

/// <summary>The peer: npm <c>@portkey-ai/gateway</c>, which knows no key, counts nothing and keeps nothing.</summary>
internal sealed class PortkeyTarget(Surroundings surroundings, string script, int port) : Target(Names.Portkey, port)
{
    public static string? Script(string repository)
        => Surroundings.Find(Path.Combine(repository, "bench/portkey/node_modules/@portkey-ai/gateway/build/start-server.js"));

    public override (string Model, string Headers)? Take(Traffic traffic, Workload workload)
        => traffic.Format != ClientFormat.Chat ? null
            : ($"bench-d{workload.ChunkDelayMs}",
                $"Authorization: Bearer sk-bench\r\nx-portkey-provider: {(traffic.Translated ? "anthropic" : "openai")}\r\nx-portkey-custom-host: {surroundings.Upstream}v1\r\n");

    protected override IEnumerable<ChildProcess> Launch()
        => [ChildProcess.Start("node", [script, $"--port={EndPoint.Port}", "--headless"], surroundings.LogOf(Name), new Dictionary<string, string> { ["NODE_ENV"] = "production" })];
}
