using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Gives every endpoint its address. There is no proxy here: a resource has one process, which listens on the public port itself.
/// </summary>
internal static class EndpointAllocator
{
    public static void Allocate(IEnumerable<IResource> resources, bool randomizePorts)
    {
        var free = new HashSet<int>();
        foreach (var resource in resources)
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                var port = ChoosePort(resource, endpoint, randomizePorts) ?? FindFreePort(free);
                endpoint.TargetPort = port;
                endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", port);
            }
        }
    }

    /// <summary>
    /// Says so before a service does, in one line. Its health check would also be answered by whoever has the port.
    /// </summary>
    public static void ThrowIfTaken(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            try
            {
                _ = Bind(endpoint.AllocatedEndpoint!.Port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new DistributedApplicationException(
                    $"Port {endpoint.AllocatedEndpoint!.Port} (endpoint '{endpoint.Name}' of '{resource.Name}') is in use by another program.", exception);
            }
        }
    }

    private static int? ChoosePort(IResource resource, EndpointAnnotation endpoint, bool randomizePorts)
    {
        // A foreign program listens where it always does, unless a variable tells it otherwise.
        if (resource is ExecutableResource && endpoint is { TargetPort: { } fixedPort, TargetPortEnvironmentVariable: null })
        {
            return fixedPort;
        }

        return randomizePorts && endpoint.IsProxied ? null : endpoint.Port ?? endpoint.TargetPort;
    }

    /// <summary>The system may offer a port again that it offered a moment ago.</summary>
    private static int FindFreePort(HashSet<int> offered)
    {
        int port;
        do
        {
            port = Bind(0);
        }
        while (!offered.Add(port));
        return port;
    }

    /// <summary>Takes a port, any free one for 0, and gives it back at once.</summary>
    private static int Bind(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
