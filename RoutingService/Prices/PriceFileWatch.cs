using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using RoutingService.Snapshots;

namespace RoutingService.Prices;

/// <summary>
/// Stores the shipped book and reads the price file, before the first snapshot; then reads the file again whenever it has changed. One that is
/// broken is refused whole, and the prices stay what they were.
/// </summary>
internal sealed partial class PriceFileWatch(
    PriceBooks books, IServiceProvider services, IOptions<PriceOptions> options, TimeProvider timeProvider, ILogger<PriceFileWatch> logger) : BackgroundService
{
    private (DateTime WrittenAt, long Length)? _seen;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await books.StoreShippedAsync(cancellationToken);
        await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Looks at the file; true where other prices hold from now on.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.File is not { Length: > 0 } path)
        {
            return false;
        }

        try
        {
            var file = new FileInfo(path);
            var state = (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
            if (state == _seen)
            {
                return false;
            }

            _seen = state;
            if (file.Length > BookText.MaxBytes)
            {
                LogRefused(path, $"it is longer than {BookText.MaxBytes} bytes");
                return false;
            }

            var json = await File.ReadAllBytesAsync(path, cancellationToken);
            var version = string.Create(CultureInfo.InvariantCulture, $"file {Convert.ToHexStringLower(SHA256.HashData(json))[..12]}");
            var book = BookText.Read(json, PriceOrigin.File, version);
            if (book.Faults.Count > 0)
            {
                var (field, message) = book.Faults.First();
                LogRefused(path, $"{field}: {message}{(book.Faults.Count > 1 ? $" ({book.Faults.Count - 1} more)" : "")}");
                return false;
            }

            await books.UseFileAsync(book, json, cancellationToken);
            LogRead(path, version, book.Rows.Count);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogRefused(path, exception.Message);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.File is not { Length: > 0 })
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.FileSeconds), timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await ReadAsync(stoppingToken))
            {
                await services.GetRequiredService<SnapshotLoader>().ReloadAsync(stoppingToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The price file {Path} is refused, and the prices stay what they were: {Reason}")]
    private partial void LogRefused(string path, string reason);

    [LoggerMessage(LogLevel.Information, "The price file {Path} is in use as '{Version}', with {Count} rows.")]
    private partial void LogRead(string path, string version, int count);
}
