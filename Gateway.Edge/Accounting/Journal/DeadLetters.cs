using System.Text.Json;
using Gateway.Contracts;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// Records that a receiver does not take, one JSON object a line, in a file for each receiver and journal. A process that ends between this
/// and its checkpoint writes a record twice.
/// </summary>
internal sealed class DeadLetters(string root, string journal, TimeProvider timeProvider)
{
    public const string Folder = "dead-letters";
    public const string Extension = ".jsonl";
    public const string RecordProperty = "record";

    /// <summary>The payload in base64, where it is no record that this version can read.</summary>
    public const string EntryProperty = "entry";

    private readonly Lock _gate = new();

    /// <summary>The file that holds it now.</summary>
    public string Add(string receiver, JournaledCall entry, string reason)
    {
        var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("at"u8, timeProvider.GetUtcNow().UtcDateTime);
            json.WriteString("reason"u8, reason);
            if (entry.Record is { } record)
            {
                json.WritePropertyName(RecordProperty);
                JsonSerializer.Serialize(json, record, ContractsJson.Default.CallRecord);
            }
            else
            {
                json.WriteBase64String(EntryProperty, entry.Unreadable);
            }

            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        var directory = Path.Combine(root, Folder);
        var path = Path.Combine(directory, $"{receiver}-{journal}{Extension}");
        lock (_gate)
        {
            JournalDirectory.CreatePrivate(directory);
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write);
            line.WriteTo(file);
            file.Flush(flushToDisk: true);
        }

        JournalMetrics.DeadLetters.Add(1, new KeyValuePair<string, object?>("receiver", receiver));
        return path;
    }
}
