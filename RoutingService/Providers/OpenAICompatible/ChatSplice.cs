using System.Text.Json;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>
/// What is changed in a client's bytes: the model, and for a stream the wish for its usage, which the books need also when the
/// client does not.
/// </summary>
internal static class ChatSplice
{
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] Options = """{"include_usage":true}"""u8.ToArray();
    private static readonly byte[] Member = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] MemberBeforeOthers = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] OptionsProperty = ""","stream_options":{"include_usage":true}"""u8.ToArray();

    /// <summary>Edits in the order of their places.</summary>
    /// <param name="hasStreamOptions">The provider knows them; else it says its usage unasked.</param>
    public static IReadOnlyList<Edit> Plan(ProviderCall call, bool hasStreamOptions = true)
    {
        var facts = call.Request.Facts;
        var model = Model(call);
        if (!facts.Stream || facts.IncludeUsage || !hasStreamOptions)
        {
            return [model];
        }

        var usage = WantUsage(call);
        return usage.Start < model.Start ? [usage, model] : [model, usage];
    }

    public static Edit Model(ProviderCall call)
    {
        var place = call.Request.Facts.ModelValue;
        return new Edit(place.Start, place.Length, JsonSerializer.SerializeToUtf8Bytes(call.Target.Model));
    }

    private static Edit WantUsage(ProviderCall call)
    {
        var facts = call.Request.Facts;
        if (!facts.IncludeUsageValue.IsEmpty)
        {
            return new Edit(facts.IncludeUsageValue.Start, facts.IncludeUsageValue.Length, True);
        }

        if (facts.StreamOptionsValue.IsEmpty)
        {
            return new Edit(facts.ModelValue.Start + facts.ModelValue.Length, 0, OptionsProperty);
        }

        var value = call.Body.Span.Slice(facts.StreamOptionsValue.Start, facts.StreamOptionsValue.Length);
        if (value[0] != (byte)'{')
        {
            return new Edit(facts.StreamOptionsValue.Start, facts.StreamOptionsValue.Length, Options);
        }

        var isEmpty = value[1..].TrimStart(" \t\r\n"u8)[0] == (byte)'}';
        return new Edit(facts.StreamOptionsValue.Start + 1, 0, isEmpty ? Member : MemberBeforeOthers);
    }
}
