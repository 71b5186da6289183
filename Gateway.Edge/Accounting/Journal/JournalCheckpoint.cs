using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// How far each receiver has come, in a small file beside the segments. It may lag: what is delivered a second time does no harm.
/// </summary>
internal sealed partial class JournalCheckpoint(string directory)
{
    private const string FileName = "checkpoint.json";

    private readonly string _path = Path.Combine(directory, FileName);
    private Dictionary<string, JournalPosition>? _saved;

    /// <summary>Empty where there is none that can be read: then all is delivered again.</summary>
    public IReadOnlyDictionary<string, JournalPosition> Load()
    {
        try
        {
            _saved = JsonSerializer.Deserialize(File.ReadAllBytes(_path), CheckpointJson.Default.DictionaryStringJournalPosition);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            _saved = null;
        }

        return _saved ?? [];
    }

    public void Save(Dictionary<string, JournalPosition> positions)
    {
        if (_saved is not null && _saved.Count == positions.Count && !_saved.Except(positions).Any())
        {
            return;
        }

        var next = _path + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(positions, CheckpointJson.Default.DictionaryStringJournalPosition));
        File.Move(next, _path, overwrite: true);
        _saved = positions;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Dictionary<string, JournalPosition>))]
    private sealed partial class CheckpointJson : JsonSerializerContext;
}
