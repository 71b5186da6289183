namespace Gateway.Configuration.References;

/// <summary>Where references lead.</summary>
/// <param name="environment">A variable's value, null where it is not set.</param>
/// <param name="folder">What the paths of files are relative to.</param>
/// <param name="isChecked">False where only the form of a file is looked at: what is not there is then no fault.</param>
internal sealed class ReferenceSource(Func<string, string?> environment, string folder, bool isChecked)
{
    private const int MaxFileBytes = 64 * 1024;
    private const string Placeholder = "unresolved";

    public string Variable(string name, string? otherwise, Action<string> fault)
    {
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
        {
            fault($"'{name}' is no name of a variable.");
            return "";
        }

        // An empty one is as good as none: so shells mean ':-', too.
        var value = environment(name) is { Length: > 0 } set ? set : otherwise;
        if (value is null && isChecked)
        {
            fault($"The variable {name} is not set.");
        }

        return value ?? (isChecked ? "" : Placeholder);
    }

    public string File(string path, Action<string> fault)
    {
        if (!isChecked)
        {
            return Placeholder;
        }

        try
        {
            var full = Path.GetFullPath(path, folder);
            if (new FileInfo(full) is not { Exists: true } file)
            {
                fault($"There is no file '{path}'.");
                return "";
            }

            if (!OperatingSystem.IsWindows() && IsOpenToAll(file))
            {
                fault($"The file '{path}' can be read by everybody: take that right away (chmod o-rwx; in Kubernetes, defaultMode: 0440).");
                return "";
            }

            if (file.Length > MaxFileBytes)
            {
                fault($"The file '{path}' is larger than {MaxFileBytes / 1024} KB.");
                return "";
            }

            return System.IO.File.ReadAllText(full).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault($"The file '{path}' cannot be read: {exception.Message}");
            return "";
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool IsOpenToAll(FileInfo file)
    {
        // The rights of a link say nothing; Kubernetes mounts secrets behind two of them.
        var target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
        return (System.IO.File.GetUnixFileMode(target) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None;
    }
}
