using System.Globalization;
using Gateway.Contracts.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Audit;

/// <summary>The end of a chain, told where the chain's database is not: in the log, and in a file where one is configured.</summary>
internal sealed partial class AuditAnchors(IOptions<AuditOptions> options, TimeProvider timeProvider, ILogger<AuditAnchors> logger)
{
    private static readonly Lock FileTurn = new();

    public void Write(string chain, AuditSeal end)
    {
        var mac = Convert.ToHexStringLower(end.Mac);
        LogAnchor(chain, end.Seq, mac);
        if (options.Value.AnchorFile is not { Length: > 0 } path)
        {
            return;
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"{timeProvider.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {chain} {end.Seq} {mac}\n");
        try
        {
            lock (FileTurn)
            {
                File.AppendAllText(path, line);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFileFailed(exception, path);
        }
    }

    /// <summary>Those of a chain that the file has, in its order. A line that is none is an anchor that nothing fits.</summary>
    public IEnumerable<AuditSeal> Read(string chain)
    {
        if (options.Value.AnchorFile is not { Length: > 0 } path || !File.Exists(path))
        {
            yield break;
        }

        foreach (var line in File.ReadLines(path))
        {
            if (line.Split(' ') is [_, var name, var seq, var mac]
                && long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && mac.Length == 2 * AuditSealer.MacLength && mac.All(char.IsAsciiHexDigit))
            {
                if (name == chain)
                {
                    yield return new AuditSeal(number, Convert.FromHexString(mac));
                }
            }
            else if (line.Length > 0)
            {
                yield return new AuditSeal(0, []);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Audit anchor: chain {Chain} ends with row {Seq}, seal {Mac}.", EventName = "AuditAnchor")]
    private partial void LogAnchor(string chain, long seq, string mac);

    [LoggerMessage(LogLevel.Error, "An audit anchor could not be written to '{Path}'; it is in this log.")]
    private partial void LogFileFailed(Exception exception, string path);
}
