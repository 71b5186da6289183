namespace Aspire.Hosting.ApplicationModel;

public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    private readonly Lazy<string> _value;

    internal ParameterResource(string name, Func<string> value, bool secret)
        : base(name)
    {
        _value = new Lazy<string>(value);
        Secret = secret;
    }

    public bool Secret { get; }

    public string ValueExpression => $"{{{Name}.value}}";

    /// <summary>Written to the manifest as the value to use when the deployer is given none.</summary>
    internal string? PublishedDefault { get; init; }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_value.Value);
}

/// <summary>A connection string that the person who runs or deploys the application provides.</summary>
internal sealed class ConnectionStringParameterResource(string name, Func<string> value, string? environmentVariableName)
    : ParameterResource(name, value, secret: true), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{(ParameterResource)this}");

    public string? ConnectionStringEnvironmentVariable => environmentVariableName;

    string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";
}
