namespace Aspire.Hosting;

/// <summary>Whether the application runs here or is written down for deployment.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation, string publisherName)
{
    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
        : this(operation, "manifest")
    {
    }

    public DistributedApplicationOperation Operation { get; } = operation;

    public string PublisherName { get; } = publisherName;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
}

public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}
