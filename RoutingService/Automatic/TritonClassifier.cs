using Microsoft.Extensions.Options;
using RoutingService.Automatic.KServe;

namespace RoutingService.Automatic;

/// <summary>NVIDIA's prompt-task-and-complexity-classifier on an inference server.</summary>
internal sealed class TritonClassifier(InferenceServer server, IOptions<ClassifierOptions> options) : IPromptClassifier
{
    private readonly InferenceModel<PromptClassification> _model = server.Model(options.Value.Model, ClassifierHeads.Read);

    public string Method => RoutingMethods.NvidiaClassifier;

    public async ValueTask<ClassifierResult> ClassifyAsync(ClassifierInput input, CancellationToken cancellationToken)
    {
        var (classification, failure) = await _model.InferAsync(input.Text, cancellationToken);
        return classification is null ? ClassifierResult.Failed(failure!) : classification;
    }
}
