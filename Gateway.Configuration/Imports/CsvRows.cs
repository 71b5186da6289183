using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Configuration.Imports;

/// <summary>CSV (RFC 4180) with a line of names.</summary>
internal static class CsvRows
{
    public static List<JsonObject> Read(string text)
    {
        var lines = Split(text);
        return [.. lines.Skip(1).Select(line => new JsonObject(lines[0].Zip(line, (name, value) => KeyValuePair.Create(name.Trim(), (JsonNode?)value))))];
    }

    private static List<List<string>> Split(string text)
    {
        var (lines, line, field, isQuoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (isQuoted)
            {
                if (character != '"')
                {
                    field.Append(character);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (character == '"')
            {
                isQuoted = true;
            }
            else if (character == ',')
            {
                EndField();
            }
            else if (character == '\n')
            {
                EndLine();
            }
            else if (character != '\r')
            {
                field.Append(character);
            }
        }

        EndLine();
        return lines;

        void EndField()
        {
            line.Add(field.ToString());
            field.Clear();
        }

        void EndLine()
        {
            EndField();
            if (line is not [""])
            {
                lines.Add(line);
            }

            line = [];
        }
    }
}
