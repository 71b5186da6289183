namespace RoutingService.Automatic;

/// <summary>Says what a prompt asks for, and how hard that is.</summary>
internal interface IPromptClassifier
{
    /// <summary>What it is called in the <c>routing</c> object of an answer.</summary>
    string Method { get; }

    ValueTask<ClassifierResult> ClassifyAsync(ClassifierInput input, CancellationToken cancellationToken);
}

/// <param name="Text">The last text of the user.</param>
internal readonly record struct ClassifierInput(string Text);

/// <summary>A classification, or why there is none: a classifier that fails is nothing exceptional, for every call goes on without it.</summary>
internal readonly record struct ClassifierResult
{
    private ClassifierResult(PromptClassification? classification, string? failure) => (Classification, Failure) = (classification, failure);

    public PromptClassification? Classification { get; }

    /// <summary>Set where there is no classification; in words that may reach the client.</summary>
    public string? Failure { get; }

    public static implicit operator ClassifierResult(PromptClassification classification) => new(classification, null);

    public static ClassifierResult Failed(string failure) => new(null, failure);
}
