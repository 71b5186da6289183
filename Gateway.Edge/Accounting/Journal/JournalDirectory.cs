namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// A directory of segments, held by one process at a time. The lock is a file beside it that its holder has open: the operating system
/// lets go of it when the process ends, whichever way, and the next one that looks adopts what is left.
/// </summary>
internal sealed class JournalDirectory : IDisposable
{
    private const string LockExtension = ".lock";

    private readonly string _lockPath;
    private readonly FileStream _lock;

    private JournalDirectory(string lockPath, FileStream directoryLock)
    {
        (_lockPath, _lock) = (lockPath, directoryLock);
        Path = System.IO.Path.ChangeExtension(lockPath, null);
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>A directory of its own for this process. Names sort by time.</summary>
    public static JournalDirectory Create(string root, TimeProvider timeProvider)
    {
        while (true)
        {
            var lockPath = System.IO.Path.Combine(root, Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N") + LockExtension);
            if (Lock(lockPath, FileMode.CreateNew) is not { } held)
            {
                continue; // Someone who looks for journals to adopt was faster; it finds nothing, and takes the lock file away.
            }

            var directory = new JournalDirectory(lockPath, held);
            try
            {
                CreatePrivate(directory.Path);
                return directory;
            }
            catch
            {
                directory.Delete();
                throw;
            }
        }
    }

    /// <summary>The directories whose processes have ended, oldest first; this process holds them now.</summary>
    public static List<JournalDirectory> Adopt(string root)
    {
        var adopted = new List<JournalDirectory>();
        foreach (var lockPath in Directory.GetFiles(root, "*" + LockExtension).Order(StringComparer.Ordinal))
        {
            if (Lock(lockPath, FileMode.Open) is not { } held)
            {
                continue;
            }

            var directory = new JournalDirectory(lockPath, held);
            if (Directory.Exists(directory.Path))
            {
                adopted.Add(directory);
            }
            else
            {
                directory.Delete();
            }
        }

        return adopted;
    }

    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Takes the directory and its lock away; for one that has nothing left to deliver.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        Dispose();
        try
        {
            File.Delete(_lockPath);
        }
        catch (IOException)
        {
            // Windows: someone who looks for journals holds it now, finds none, and deletes it.
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Null when another process holds it, or has just deleted it.</summary>
    private static FileStream? Lock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
