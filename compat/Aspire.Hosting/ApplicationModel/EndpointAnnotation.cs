using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

[SuppressMessage("Design", "CA1019:Define accessors for attribute arguments", Justification = "Not an attribute.")]
public sealed class EndpointAnnotation : IResourceAnnotation
{
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? (protocol == ProtocolType.Udp ? "udp" : "tcp");
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : UriScheme);
        Name = name ?? UriScheme;
        ResourceName.Validate(Name);
        Port = port;
        TargetPort = targetPort ?? (isProxied ? null : port);
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
        if (isProxied && port is not null && port == targetPort)
        {
            throw new ArgumentException($"Endpoint '{Name}' is proxied, so its port and its target port cannot both be {port}.", nameof(targetPort));
        }
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port that others use.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process listens on.</summary>
    public int? TargetPort { get; set; }

    public string UriScheme { get; set; }

    public string Transport { get; set; }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    internal bool FromLaunchProfile { get; init; }

    /// <summary>The variable that tells the process its target port; without one, http endpoints go to ASPNETCORE_URLS.</summary>
    internal string? TargetPortEnvironmentVariable { get; init; }

    internal bool IsHttp => UriScheme is "http" or "https";
}

public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    public EndpointAnnotation Endpoint { get; } = endpoint;

    public string Address { get; } = address;

    public int Port { get; } = port;

    public string UriString => $"{Endpoint.UriScheme}://{Address}:{Port}";
}
