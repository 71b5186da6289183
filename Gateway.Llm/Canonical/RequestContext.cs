namespace Gateway.Llm.Canonical;

/// <summary>
/// What whoever writes a request for a provider knows of the call: reports what is lost and refuses what cannot be left out, in the words of
/// the client's format.
/// </summary>
/// <param name="Provider">Its name, for messages.</param>
/// <param name="Model">As the provider calls it.</param>
public record RequestContext(string Provider, string Model, LossReport Losses)
{
    /// <summary>What the client's format calls a field that Chat Completions calls so.</summary>
    public Func<string, string> NameField { get; init; } = field => field;

    /// <param name="field">As Chat Completions names it.</param>
    public void Dropped(string field) => Losses.Dropped(NameField(field));

    public void Changed(string field) => Losses.Changed(NameField(field));

    public void Emulated(string field) => Losses.Emulated(NameField(field));

    /// <summary>Without the field the answer would be wrong.</summary>
    public InvalidRequestException Refuse(string field, string? why = null)
        => new("unsupported_parameter", $"{NameField(field)} is not supported by {Provider} ({Model}){(why is null ? "." : $": {why}")}", NameField(field));

    /// <summary>The conversation itself is wrong.</summary>
    public InvalidRequestException Invalid(string message) => new("invalid_value", message, NameField("messages"));
}
