using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Who waits for whom.</summary>
internal static class StartOrder
{
    public static IEnumerable<IResource> DependenciesOf(IResource resource)
        => resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource).Distinct();

    /// <summary>Resources that wait for each other would never start, and never stop.</summary>
    public static void ThrowOnCycle(IEnumerable<IResource> resources)
    {
        var finished = new HashSet<IResource>();
        var path = new List<IResource>();
        foreach (var resource in resources)
        {
            Visit(resource);
        }

        void Visit(IResource resource)
        {
            if (path.Contains(resource))
            {
                var cycle = path.SkipWhile(step => step != resource).Append(resource).Select(step => step.Name);
                throw new DistributedApplicationException($"Resources wait for each other: {string.Join(" -> ", cycle)}.");
            }

            if (finished.Contains(resource))
            {
                return;
            }

            path.Add(resource);
            foreach (var dependency in DependenciesOf(resource))
            {
                Visit(dependency);
            }

            path.RemoveAt(path.Count - 1);
            finished.Add(resource);
        }
    }
}
