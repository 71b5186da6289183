namespace Gateway.Llm.Canonical;

/// <summary>What a provider cannot be given, and without which the answer would be to another question.</summary>
public static class UnsupportedRequest
{
    public static InvalidRequestException Field(string param, string what)
        => new("unsupported_parameter", $"{what} cannot be given to this provider.", param);
}
