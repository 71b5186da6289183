using System.Text.Json;
using Gateway.Llm.Json;

namespace RoutingService.Automatic.KServe;

/// <summary>The outputs of an inference, whose values are flat however they are nested.</summary>
internal sealed class KServeAnswer
{
    private const int MaxValues = 4096;

    private KServeAnswer(IReadOnlyList<KServeOutput> outputs) => Outputs = outputs;

    public IReadOnlyList<KServeOutput> Outputs { get; }

    public KServeOutput? Find(string name) => Outputs.FirstOrDefault(output => output.Name == name);

    /// <summary>A <see cref="KServeException"/> is everything that is no answer of the protocol.</summary>
    public static KServeAnswer Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var outputs = document.RootElement.FindArray("outputs").Select(ReadOutput).ToList();
            return outputs.Count > 0 ? new KServeAnswer(outputs) : throw new KServeException("answered without outputs.");
        }
        catch (JsonException exception)
        {
            throw new KServeException("answered with something that is not JSON.", exception);
        }
    }

    private static KServeOutput ReadOutput(JsonElement output)
    {
        var name = output.FindText("name") ?? throw new KServeException("answered with an output without a name.");
        var data = output.Find("data") is { ValueKind: JsonValueKind.Array } array ? array : throw new KServeException($"answered without data for its output '{JsonStrings.Shorten(name)}'.");
        if (output.FindText("datatype") == "BYTES")
        {
            var texts = new List<string>();
            Flatten(data, texts, value => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name));
            return new KServeOutput(name, [], texts);
        }

        var numbers = new List<double>();
        Flatten(data, numbers, value => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(name));
        return new KServeOutput(name, numbers, []);
    }

    private static void Flatten<T>(JsonElement data, List<T> values, Func<JsonElement, T> read)
    {
        foreach (var value in data.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                Flatten(value, values, read);
            }
            else if (values.Count < MaxValues)
            {
                values.Add(read(value));
            }
            else
            {
                throw new KServeException($"answered with more than {MaxValues} values in one output.");
            }
        }
    }

    private static KServeException Wrong(string name) => new($"answered with a value of the wrong kind in its output '{JsonStrings.Shorten(name)}'.");
}

/// <summary>One output: numbers, or texts where its type is BYTES.</summary>
internal sealed record KServeOutput(string Name, IReadOnlyList<double> Numbers, IReadOnlyList<string> Texts);

/// <summary>The server did not do what the protocol says. The message goes on after "The classifier ".</summary>
internal sealed class KServeException(string message, Exception? inner = null) : Exception(message, inner);
