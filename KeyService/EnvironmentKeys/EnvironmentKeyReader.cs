using System.Globalization;
using Gateway.Contracts.Keys;
using ServiceDefaults.Settings;

namespace KeyService.EnvironmentKeys;

/// <summary>
/// The keys of clients that the environment names: <c>AUTH_KEY</c>, which is then the only one, or <c>AUTH_KEY_01</c> and so on to the first
/// number that is wanting, and the lines of <c>AUTH_KEYS_FILE</c>.
/// </summary>
internal static class EnvironmentKeyReader
{
    public const string SingleVariable = "AUTH_KEY";
    public const string FileVariable = "AUTH_KEYS_FILE";

    private const int MaxNumbered = 99;
    private const int MaxFileKeys = 1000;
    private const int MaxFileBytes = 1024 * 1024;

    public static IReadOnlyList<EnvironmentKey> Read(IConfiguration configuration)
    {
        var keys = Find(SingleVariable) is { } single
            ? [single]
            : Numbered().Concat(FromFile(configuration[FileVariable]?.Trim())).ToList();
        return [.. keys.DistinctBy(key => key.Secret)];

        EnvironmentKey? Find(string variable, string suffix = "")
            => configuration[variable]?.Trim() is { Length: > 0 } secret ? Check(new EnvironmentKey($"environment{suffix}", secret), variable) : null;

        IEnumerable<EnvironmentKey> Numbered() => Enumerable.Range(1, MaxNumbered)
            .Select(number => number.ToString("00", CultureInfo.InvariantCulture))
            .Select(number => Find($"{SingleVariable}_{number}", $"-{number}"))
            .TakeWhile(key => key is not null)
            .Select(key => key!);
    }

    private static List<EnvironmentKey> FromFile(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return [];
        }

        var lines = ReadLines(path);
        return lines.Length > MaxFileKeys
            ? throw new SettingsException($"{FileVariable}: '{path}' has more than {MaxFileKeys} lines.")
            : lines.Index()
                .Where(line => line.Item.Length > 0 && line.Item[0] != '#')
                .Select(line => Check(
                    new EnvironmentKey($"environment-file-{(line.Index + 1).ToString("00", CultureInfo.InvariantCulture)}", line.Item), $"{FileVariable}, line {line.Index + 1}"))
                .ToList();
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaxFileBytes
                ? throw new SettingsException($"{FileVariable}: '{path}' is larger than {MaxFileBytes / 1024} KB.")
                : [.. File.ReadAllLines(path).Select(line => line.Trim())];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{FileVariable}: '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static EnvironmentKey Check(EnvironmentKey key, string where)
        => VirtualKeySecret.IsWellFormed(key.Secret) || VirtualKeySecret.MayBeForeign(key.Secret) ? key
            : key.Secret.StartsWith(VirtualKeySecret.Prefix, StringComparison.Ordinal)
                ? throw new SettingsException($"{where}: it begins with '{VirtualKeySecret.Prefix}' and is no key of the gateway, or one that was mistyped.")
                : throw new SettingsException($"{where}: a key has 1 to {VirtualKeySecret.MaxForeignLength} printable ASCII characters without spaces.");
}

/// <param name="Name">What the key is called, by its place.</param>
internal sealed record EnvironmentKey(string Name, string Secret)
{
    public override string ToString() => Name;
}
