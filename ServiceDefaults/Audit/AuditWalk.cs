using System.Data.Common;
using System.Security.Cryptography;
using Gateway.Contracts.Audit;

namespace ServiceDefaults.Audit;

/// <summary>One walk along a chain or a copy of one. It ends with the first row that is wrong: what is behind it proves nothing.</summary>
public sealed class AuditWalk(string chain, string place, AuditKeys keys)
{
    public const int PageSize = 500;

    private readonly AuditSealer _sealer = new(keys, chain);
    private byte[] _previous = AuditSealer.Start;

    public long Rows { get; private set; }

    public byte[] LastMac => _previous;

    /// <summary>Null while all is well.</summary>
    public AuditVerdict? Failed { get; private set; }

    /// <param name="readAfter">The next rows behind a number, in order.</param>
    /// <param name="compare">Says of a page that is good by itself whether it agrees with what others know; null for no others.</param>
    public async Task RunAsync(
        Func<long, CancellationToken, Task<IReadOnlyList<AuditRecord>>> readAfter,
        Func<IReadOnlyList<AuditRecord>, CancellationToken, Task<(AuditRowName Row, string Problem)?>>? compare,
        CancellationToken cancellationToken)
    {
        try
        {
            while (Failed is null && await readAfter(Rows, cancellationToken) is { Count: > 0 } page)
            {
                foreach (var row in page)
                {
                    if (FindFault(row) is { } fault)
                    {
                        Fail(new AuditRowName(fault.Seq, fault.Seq == row.Seq ? row.Id : null), fault.Problem);
                        break;
                    }

                    Rows = row.Seq;
                    _previous = row.Mac;
                }

                if (Failed is null && compare is not null && await compare(page, cancellationToken) is { } difference)
                {
                    Rows = difference.Row.Seq - 1;
                    Fail(difference.Row, difference.Problem);
                }
            }
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or FormatException or InvalidCastException)
        {
            Fail(new AuditRowName(Rows + 1, null), $"Row {Rows + 1} cannot be read: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    public void Fail(AuditRowName? row, string problem) => Failed ??= new AuditVerdict(chain, place, Valid: false, Rows, row, problem, NotCopied: 0);

    public AuditVerdict End(long notCopied = 0) => Failed ?? new AuditVerdict(chain, place, Valid: true, Rows, FirstBad: null, Problem: null, notCopied);

    private (long Seq, string Problem)? FindFault(AuditRecord row)
    {
        var expected = Rows + 1;
        if (row.Seq != expected)
        {
            return (expected, $"Row {expected} is missing: the next one is {row.Seq}.");
        }

        if (row.KeyId != _sealer.KeyId)
        {
            return (expected, $"Row {expected} is sealed with key {row.KeyId}, and the key here is {_sealer.KeyId}.");
        }

        if (!CryptographicOperations.FixedTimeEquals(_sealer.Seal(row), row.Mac))
        {
            return (expected, $"Row {expected} is not as it was written: its seal does not fit.");
        }

        return row.Previous.AsSpan().SequenceEqual(_previous)
            ? null
            : (expected, $"Row {expected} does not follow row {expected - 1}: it was written behind another one.");
    }
}
