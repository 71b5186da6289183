using Microsoft.Extensions.Options;

namespace RoutingService.Automatic;

/// <summary>
/// Asks the classifier once at the start, beside everything else: its connection is there when the first caller comes, and what is wrong with
/// it is in the log before anybody wonders. The budget is that of a call, so a model that has to be loaded first loads in the meantime.
/// </summary>
internal sealed partial class ClassifierWarmUp(
    TritonClassifier classifier, IOptions<ClassifierOptions> options, ILogger<ClassifierWarmUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Url is null)
        {
            return;
        }

        var result = await classifier.ClassifyAsync(new ClassifierInput("Write a Python script that uses a for loop."), stoppingToken);
        if (result.Failure is { } failure)
        {
            LogFailed(options.Value.Model, failure);
        }
        else
        {
            LogReady(options.Value.Model);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The classifier {Model} is not ready, and automatic routing does without it until it is: {Failure}")]
    private partial void LogFailed(string model, string failure);

    [LoggerMessage(LogLevel.Information, "The classifier {Model} is ready")]
    private partial void LogReady(string model);
}
