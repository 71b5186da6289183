using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

internal static class ManifestBindings
{
    private const int FirstAllocatedPort = 8000;

    public static JsonObject Write(IResourceWithEndpoints resource)
    {
        var nextPort = FirstAllocatedPort;
        var schemes = new HashSet<string>();
        var bindings = new JsonObject();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var binding = new JsonObject
            {
                ["scheme"] = endpoint.UriScheme,
                ["protocol"] = endpoint.Protocol.ToString().ToLowerInvariant(),
                ["transport"] = endpoint.Transport,
            };

            // The deployer learns a project's first http and first https port from its image.
            var isLearned = resource is ProjectResource && endpoint.IsHttp && schemes.Add(endpoint.UriScheme);
            var targetPort = endpoint.TargetPort ?? (isLearned ? null : nextPort++);
            if (endpoint.Port is { } port && port != targetPort)
            {
                binding["port"] = port;
            }

            if (targetPort is not null)
            {
                binding["targetPort"] = targetPort;
            }

            if (endpoint.IsExternal)
            {
                binding["external"] = true;
            }

            bindings[endpoint.Name] = binding;
        }

        return bindings;
    }
}
