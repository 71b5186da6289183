using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>A value that exists only in the manifest, in the manifest's form.</summary>
internal sealed record ManifestText(string ValueExpression) : IManifestExpressionProvider;
