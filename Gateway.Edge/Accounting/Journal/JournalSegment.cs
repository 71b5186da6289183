using System.Globalization;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>One file of a journal. It grows at its end until it is sealed, and is deleted as a whole.</summary>
internal sealed class JournalSegment(string directory, long number, long length, bool isSealed)
{
    public const string Extension = ".segment";

    private long _length = length;
    private volatile bool _isSealed = isSealed;

    public long Number => number;

    public string Path { get; } = System.IO.Path.Combine(directory, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);

    /// <summary>Bytes that are written in full; nothing behind them is to be read.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Its length is final.</summary>
    public bool IsSealed => _isSealed;

    public void Grow(int bytes) => Volatile.Write(ref _length, _length + bytes);

    public void Seal() => _isSealed = true;

    public static IEnumerable<JournalSegment> Find(string directory)
        => from file in new DirectoryInfo(directory).EnumerateFiles("*" + Extension)
           let name = System.IO.Path.GetFileNameWithoutExtension(file.Name)
           where long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
           let number = long.Parse(name, CultureInfo.InvariantCulture)
           orderby number
           select new JournalSegment(directory, number, file.Length, isSealed: true);
}
