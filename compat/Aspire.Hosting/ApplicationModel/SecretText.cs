namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value for processes that is not shown to people.</summary>
internal sealed class SecretText(string value) : IValueProvider
{
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(value);
}
