using System.Text;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Settings;

/// <summary>
/// Reads <c>NAME=value</c> lines: comments, a leading <c>export</c>, and values in single quotes, which are as they are, or in double quotes, which
/// have escapes; both may go over several lines. Nothing is replaced in a value, and no message repeats one.
/// </summary>
internal sealed class EnvFileReader
{
    private const int MaxBytes = 1024 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly string _text;
    private int _position;

    private EnvFileReader(string path, string text) => (_path, _text) = (path, text);

    private char Current => _position < _text.Length ? _text[_position] : '\n';

    private bool IsAtLineEnd => Current is '\n' or '\r';

    /// <summary>By the names of configuration, in which case counts for nothing.</summary>
    public static Dictionary<string, string?> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Math.Min(file.Length, MaxBytes + 1)];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > MaxBytes
                ? throw new SettingsException($"'{path}' is larger than {MaxBytes / 1024} KB, and no file of variables.")
                : Parse(path, Utf8.GetString(bytes, 0, length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"'{path}' cannot be read: {exception.Message}", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new SettingsException($"'{path}' is not UTF-8 text.", exception);
        }
    }

    public static Dictionary<string, string?> Parse(string path, string text) => new EnvFileReader(path, text.TrimStart('\uFEFF')).Parse();

    private Dictionary<string, string?> Parse()
    {
        var variables = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        while (_position < _text.Length)
        {
            SkipBlanks();
            if (!IsAtLineEnd && Current != '#')
            {
                var name = ReadName();
                variables[name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal)] = ReadValue(name);
            }

            EndLine();
        }

        return variables;
    }

    private string ReadName()
    {
        var name = ReadWord();
        if (name == "export" && Current is ' ' or '\t')
        {
            SkipBlanks();
            name = ReadWord();
        }

        SkipBlanks();
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || Current != '=')
        {
            throw Fault("NAME=value is expected");
        }

        _position++;
        return name;
    }

    private string ReadWord()
    {
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '.' or ':' or '-')
        {
            _position++;
        }

        return _text[start.._position];
    }

    private string ReadValue(string name)
    {
        SkipBlanks();
        if (Current is '\'' or '"')
        {
            var value = ReadQuoted(name);
            SkipBlanks();
            return IsAtLineEnd || Current == '#' ? value : throw Fault($"there is more behind the closing quote of {name}");
        }

        var start = _position;
        while (!IsAtLineEnd && !(Current == '#' && (_position == start || _text[_position - 1] is ' ' or '\t')))
        {
            _position++;
        }

        var text = _text[start.._position].Trim();
        return text.Contains('\0', StringComparison.Ordinal) ? throw Fault($"the value of {name} has a NUL") : text;
    }

    private string ReadQuoted(string name)
    {
        var (quote, begin) = (Current, _position++);
        var value = new StringBuilder();
        while (_position < _text.Length)
        {
            var character = _text[_position++];
            if (character == quote)
            {
                return value.ToString();
            }

            value.Append(quote == '"' && character == '\\' && _position < _text.Length ? Unescape(_text[_position++]) : character.ToString());
        }

        _position = begin;
        throw Fault($"the value of {name} has no closing quote");
    }

    private static string Unescape(char character) => character switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' or '\\' or '$' or '`' => character.ToString(),
        _ => $"\\{character}",
    };

    private void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            _position++;
        }
    }

    /// <summary>With a comment, where there is one.</summary>
    private void EndLine()
    {
        var end = _text.IndexOf('\n', _position);
        _position = end < 0 ? _text.Length : end + 1;
    }

    private SettingsException Fault(string what)
        => new($"'{_path}', line {_text.AsSpan(0, _position).Count('\n') + 1}: {what}.");
}
