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
                var port = ChoosePort(resource, endpoint, randomizePorts) ?? FreePorts.Find();
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
                FreePorts.Take(endpoint.AllocatedEndpoint!.Port);
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
}
