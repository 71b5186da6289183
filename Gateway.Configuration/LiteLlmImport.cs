using System.Text.Json.Nodes;
using Gateway.Configuration.Imports;

namespace Gateway.Configuration;

/// <summary>LiteLLM's <c>config.yaml</c>, with its keys where they are given, as a file.</summary>
public static class LiteLlmImport
{
    /// <param name="config">The text of <c>config.yaml</c>.</param>
    /// <param name="keys">The rows of the table <c>LiteLLM_VerificationToken</c>, as JSON or CSV; null without keys.</param>
    /// <param name="schemaUrl">Where editors find the schema.</param>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static ImportResult Read(string config, string? keys = null, string? schemaUrl = null)
    {
        var document = ForeignYaml.Read(config, "The LiteLLM configuration");
        var file = new ImportedFile();
        LiteLlmModels.Read(document["model_list"] as JsonArray ?? [], file);
        LiteLlmSettings.Read(document, file);
        if (keys is not null)
        {
            LiteLlmKeys.Read(keys, file);
        }

        return file.ToResult("a LiteLLM config.yaml", schemaUrl);
    }
}
