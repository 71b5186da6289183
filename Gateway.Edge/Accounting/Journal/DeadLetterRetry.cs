using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// The way back for what was set aside: a file that somebody renamed to <c>.retry</c> goes through the journal again. Receivers that have a
/// record already leave it as it is.
/// </summary>
internal static class DeadLetterRetry
{
    private const string Extension = ".retry";

    /// <summary>How many records are in the journal again. Lines that still cannot be read stay in the file, under its old name.</summary>
    public static async Task<int> RunAsync(string root, Func<CallRecord, ValueTask<bool>> append)
    {
        var directory = Path.Combine(root, DeadLetters.Folder);
        if (!Directory.Exists(directory))
        {
            return 0;
        }

        var count = 0;
        foreach (var path in Directory.GetFiles(directory, "*" + Extension))
        {
            var left = new List<string>();
            foreach (var line in await File.ReadAllLinesAsync(path))
            {
                if (Read(line) is { } record && await append(record))
                {
                    count++;
                }
                else
                {
                    left.Add(line);
                }
            }

            if (left.Count > 0)
            {
                await File.AppendAllLinesAsync(Path.ChangeExtension(path, DeadLetters.Extension), left);
            }

            File.Delete(path);
        }

        return count;
    }

    private static CallRecord? Read(string line)
    {
        try
        {
            using var letter = JsonDocument.Parse(line);
            return letter.RootElement.TryGetProperty(DeadLetters.RecordProperty, out var record)
                ? record.Deserialize(ContractsJson.Default.CallRecord)
                : JsonSerializer.Deserialize(letter.RootElement.GetProperty(DeadLetters.EntryProperty).GetBytesFromBase64(), ContractsJson.Default.CallRecord);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
