namespace Gateway.Configuration.References;

/// <summary>A file that a reference leads to: it may hold a secret, and so it is for its owner and its group alone.</summary>
public static class SecretFile
{
    private const int MaxBytes = 64 * 1024;
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <param name="path">As the reference has it.</param>
    /// <param name="folder">What it is relative to.</param>
    /// <param name="fault">Told why it is not read; the text is then empty.</param>
    public static string Read(string path, string folder, Action<string> fault)
    {
        try
        {
            var named = new FileInfo(Path.GetFullPath(path, folder));
            if (!named.Exists)
            {
                fault($"There is no file '{path}'.");
                return "";
            }

            // The rights and the size of a link say nothing; Kubernetes mounts secrets behind two of them.
            var file = named.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? named;
            if (!OperatingSystem.IsWindows() && (file.UnixFileMode & OfOthers) != UnixFileMode.None)
            {
                fault($"The file '{path}' can be read by everybody, or written: take that right away (chmod o= '{path}'; in Kubernetes, defaultMode: 0440).");
                return "";
            }

            if (file.Length > MaxBytes)
            {
                fault($"The file '{path}' is larger than {MaxBytes / 1024} KB.");
                return "";
            }

            return File.ReadAllText(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault($"The file '{path}' cannot be read: {exception.Message}");
            return "";
        }
    }
}
