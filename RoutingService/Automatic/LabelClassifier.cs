using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using RoutingService.Automatic.KServe;

namespace RoutingService.Automatic;

/// <summary>The policy of NVIDIA's llm-router blueprint: the highest output of a model names the entry of the route.</summary>
internal sealed class LabelClassifier(InferenceServer server, IOptions<ClassifierOptions> options)
{
    private readonly ConcurrentDictionary<string, InferenceModel<HighestOutput>> _models = new(StringComparer.Ordinal);

    /// <summary>A <see cref="Gateway.Contracts.Errors.GatewayErrorException"/> when the outputs are not those that the route is made for.</summary>
    public async ValueTask<Inferred<LabelledModel>> ChooseAsync(AutomaticRoute route, string text, CancellationToken cancellationToken)
    {
        var model = _models.GetOrAdd(route.ClassifierModel!, name => server.Model(name, Read));
        var (highest, failure) = await model.InferAsync(text, cancellationToken);
        return highest is null
            ? Inferred<LabelledModel>.Failed(failure!)
            : new Inferred<LabelledModel>(LabelOrder.Find(route, options.Value.Labels, highest.Index, highest.Count), null);
    }

    private static HighestOutput Read(KServeAnswer answer)
    {
        var outputs = answer.Outputs[0].Numbers;
        if (outputs.Count == 0)
        {
            throw new KServeException("answered without numbers.");
        }

        var highest = outputs.Max();
        return outputs.Count > 1 && outputs.All(output => output.Equals(highest))
            ? throw new KServeException("prefers none of its labels.")
            : new HighestOutput(outputs.TakeWhile(output => !output.Equals(highest)).Count(), outputs.Count);
    }

    private sealed record HighestOutput(int Index, int Count);
}
