using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Json;
using RoutingService.Dispatching;

namespace RoutingService.Automatic;

/// <summary>The <c>routing</c> object that tells the client of an automatic choice, in a Chat Completions answer that is no stream.</summary>
internal static class RoutingExtension
{
    public const string Member = "routing";

    /// <summary>The header that names the chosen label, as NVIDIA's llm-router does.</summary>
    public const string LabelHeader = "X-Chosen-Classifier";

    private const int MaxQueryLength = 200;

    /// <param name="decision">What was decided.</param>
    /// <param name="withQuery">Repeats the start of the text that was classified, which is the client's own.</param>
    public static byte[] Write(RoutingDecision decision, bool withQuery = true)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("method"u8, decision.Method);
        if (withQuery)
        {
            writer.WriteString("query"u8, TextCut.ToLength(decision.Query, MaxQueryLength));
        }

        if (decision.Method != RoutingMethods.UserSpecified)
        {
            WriteChoice(writer, decision);
        }

        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The answer with the object in it.</summary>
    public static ReadOnlyMemory<byte> Splice(ReadOnlyMemory<byte> answer, RoutingDecision decision, bool withQuery = true)
        => AnswerExtension.Splice(answer, Member, Write(decision, withQuery));

    private static void WriteChoice(Utf8JsonWriter writer, RoutingDecision decision)
    {
        writer.WriteNumber("routing_latency_ms"u8, Math.Round(decision.LatencyMs, 2));
        if (decision.Tier is { } tier)
        {
            writer.WriteString("tier"u8, tier.Name());
        }

        if (decision.ChosenLabel is { } label)
        {
            writer.WriteString("label"u8, label);
        }

        if (decision.RaisedBy.Count > 0)
        {
            writer.WriteStartArray("raised_by"u8);
            foreach (var reason in decision.RaisedBy)
            {
                writer.WriteStringValue(reason);
            }

            writer.WriteEndArray();
        }

        if (decision.Classification is { } classification)
        {
            Write(writer, classification);
        }

        if (decision.Thresholds is { } thresholds)
        {
            writer.WriteStartObject("thresholds"u8);
            writer.WriteNumber("medium"u8, thresholds.Medium);
            writer.WriteNumber("complex"u8, thresholds.Complex);
            writer.WriteEndObject();
        }

        if (decision is { Tokens: { } tokens, TokenThresholds: { } tokenThresholds })
        {
            writer.WriteNumber("estimated_tokens"u8, tokens);
            writer.WriteStartObject("token_thresholds"u8);
            writer.WriteNumber("simple"u8, tokenThresholds.Simple);
            writer.WriteNumber("medium"u8, tokenThresholds.Medium);
            writer.WriteEndObject();
        }

        if (decision.Error is { } error)
        {
            writer.WriteString("error"u8, error);
        }
    }

    private static void Write(Utf8JsonWriter writer, PromptClassification classification)
    {
        writer.WriteNumber("complexity_score"u8, classification.Score);
        writer.WriteString("task_type"u8, classification.TaskType);
        writer.WriteString("task_type_2"u8, classification.SecondTaskType);
        writer.WriteNumber("task_type_prob"u8, classification.TaskTypeProbability);
        writer.WriteNumber("creativity"u8, classification.Creativity);
        writer.WriteNumber("reasoning"u8, classification.Reasoning);
        writer.WriteNumber("domain_knowledge"u8, classification.DomainKnowledge);
        writer.WriteNumber("contextual_knowledge"u8, classification.ContextualKnowledge);
        writer.WriteNumber("constraints"u8, classification.Constraints);
        writer.WriteNumber("few_shots"u8, classification.FewShots);
    }
}
