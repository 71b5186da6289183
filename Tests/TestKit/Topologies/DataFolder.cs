namespace Tests.TestKit.Topologies;

/// <summary>A data directory of its own, gone with the test.</summary>
public sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gateway-test-").FullName;

    /// <summary>Every byte of every file, to be searched for what must not be there.</summary>
    public static IEnumerable<(string File, byte[] Bytes)> Read(string directory)
        => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            // Empty, and held by the gateway alone.
            .Where(file => System.IO.Path.GetFileName(file) != "lock" && System.IO.Path.GetExtension(file) != ".lock")
            .SelectMany(file => ReadShared(file) is { } bytes ? [(file, bytes)] : Array.Empty<(string, byte[])>());

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Null where a gateway that runs has deleted it meanwhile.</summary>
    private static byte[]? ReadShared(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..read];
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
