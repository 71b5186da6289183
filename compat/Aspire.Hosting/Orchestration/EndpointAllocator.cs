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
        foreach (var resource in resources)
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                var port = ChoosePort(resource, endpoint, randomizePorts);
                endpoint.TargetPort = port;
                endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", port);
            }
        }
    }

    private static int ChoosePort(IResource resource, EndpointAnnotation endpoint, bool randomizePorts)
    {
        // A foreign program listens where it always does, unless a variable tells it otherwise.
        if (resource is ExecutableResource && endpoint is { TargetPort: { } fixedPort, TargetPortEnvironmentVariable: null })
        {
            return fixedPort;
        }

        var wanted = randomizePorts && endpoint.IsProxied ? null : endpoint.Port ?? endpoint.TargetPort;
        return wanted ?? FindFreePort();
    }

    private static int FindFreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
