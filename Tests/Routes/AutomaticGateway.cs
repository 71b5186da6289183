using System.Globalization;
using Tests.Automatic;

namespace Tests.Routes;

/// <summary>A gateway with a classifier, and three models for its tiers.</summary>
public sealed class AutomaticGateway : RouteGateway
{
    /// <summary>No call waits so long, however slow the machine is, unless the classifier hangs.</summary>
    public const int TimeoutMs = 8000;
    public const int FailuresToRest = 6;

    private KServeServer? _classifier;

    internal KServeServer Classifier => _classifier!;

    public Provided Models { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        _classifier = await KServeServer.StartAsync();
        Settings["Routing:Classifier:Url"] = _classifier.Url.AbsoluteUri;
        Settings["Routing:Classifier:TimeoutMs"] = TimeoutMs.ToString(CultureInfo.InvariantCulture);
        Settings["Routing:Classifier:FailuresToRest"] = FailuresToRest.ToString(CultureInfo.InvariantCulture);
        Settings["Routing:Classifier:RestSeconds"] = "1";
        Settings["Routing:Classifier:Extension"] = "Always";
        await base.InitializeAsync();
        Models = await Caller.ProviderAsync(RouteAnswers.Well);
        await Caller.AliasAsync(
            "auto",
            $$"""{"tiers":{"simple":"{{Models.Name}}/small","medium":"{{Models.Name}}/middle","complex":"{{Models.Name}}/large"} }""",
            alias: "auto");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_classifier is not null)
        {
            await _classifier.DisposeAsync();
        }
    }
}
