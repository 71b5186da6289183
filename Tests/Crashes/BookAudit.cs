using Gateway.Contracts;

namespace Tests.Crashes;

/// <summary>
/// Holds the books of an idle gateway against what its clients saw and what its upstream served. A finding is a sentence; none is what is right.
/// <list type="bullet">
/// <item>A call that was answered in full has one record, with its price and no error, and the upstream served it once.</item>
/// <item>Any other call has one record or none, which costs nothing or its price: its client cannot know how far it came, and a process
/// that was killed with it has told nobody what it used. But no more of them are paid for than the upstream served.</item>
/// <item>An account has settled the sum of its records, to the nano-dollar, in memory as in the database; it holds nothing, and has not
/// gone over its budget by more than the last call that it let in.</item>
/// </list>
/// </summary>
internal static class BookAudit
{
    /// <param name="books">Of all calls so far.</param>
    /// <param name="calls">All calls so far.</param>
    /// <param name="served">Markers of the requests that the upstream got, with repetitions.</param>
    public static IReadOnlyList<string> Check(Books books, IReadOnlyCollection<ClientCall> calls, IReadOnlyCollection<string> served)
    {
        var findings = new List<string>();
        CheckRecords(books, calls, findings);
        CheckServed(books, calls, served.CountBy(marker => marker).ToDictionary(), findings);
        foreach (var account in books.Accounts)
        {
            CheckAccount(account, books.Records, findings);
        }

        return findings;
    }

    private static void CheckRecords(Books books, IReadOnlyCollection<ClientCall> calls, List<string> findings)
    {
        findings.AddRange(books.Records.CountBy(record => record.Id).Where(id => id.Value > 1).Select(id => $"Call {id.Key} has {id.Value} records."));
        var records = books.Records.ToLookup(record => record.RequestId, StringComparer.Ordinal);
        foreach (var request in records.Where(request => request.Count() > 1))
        {
            findings.Add($"Request {request.Key} has {request.Count()} records.");
        }

        foreach (var call in calls.Where(call => call.RequestId is not null))
        {
            if (call.Saw == ClientSaw.Acknowledged && !records[call.RequestId!].Any())
            {
                findings.Add($"{call.RequestId} of {call.Key} was answered in full and has no record.");
            }

            findings.AddRange(records[call.RequestId!].SelectMany(record => FaultsOf(record, call)));
        }
    }

    private static IEnumerable<string> FaultsOf(BookedCall record, ClientCall call)
    {
        if (record.Key != call.Key)
        {
            yield return $"{call.RequestId} of {call.Key} is booked on {record.Key}.";
        }

        if (call.Saw == ClientSaw.Acknowledged)
        {
            if (record.Cost != call.Price)
            {
                yield return $"{call.RequestId} cost ${call.Price} and is booked at ${record.Cost}.";
            }

            if (record is not { Status: 200, Error: null })
            {
                yield return $"{call.RequestId} was answered in full and is booked as {record.Status} {record.Error}.";
            }
        }
        else if (record.Cost != NanoUsd.Zero && record.Cost != call.Price)
        {
            yield return $"{call.RequestId} ({call.Saw}) is booked at ${record.Cost}: neither nothing nor its price, ${call.Price}.";
        }
    }

    private static void CheckServed(
        Books books, IReadOnlyCollection<ClientCall> calls, Dictionary<string, int> served, List<string> findings)
    {
        findings.AddRange(served.Where(marker => marker.Value > 1).Select(marker => $"The upstream served {marker.Key} {marker.Value} times."));
        findings.AddRange(calls
            .Where(call => call.Saw == ClientSaw.Acknowledged && !served.ContainsKey(call.Marker))
            .Select(call => $"{call.RequestId} was answered in full, and the upstream has not seen {call.Marker}."));
        foreach (var key in calls.ToLookup(call => call.Key))
        {
            var paid = books.Records.Count(record => record.Key == key.Key && record.Cost != NanoUsd.Zero);
            var all = key.Count(call => served.ContainsKey(call.Marker));
            if (paid > all)
            {
                findings.Add($"{key.Key} pays for {paid} calls, and the upstream served {all}.");
            }
        }
    }

    private static void CheckAccount(BookedAccount account, IReadOnlyList<BookedCall> records, List<string> findings)
    {
        var own = records.Where(record => account.Keys.Contains(record.Key)).ToList();
        var sum = new NanoUsd(own.Sum(record => record.Cost?.Value ?? 0));
        if (account.Settled != sum)
        {
            findings.Add($"{account.Name} has settled ${account.Settled}, and its {own.Count} records are ${sum}.");
        }

        if (account.Counted != account.Settled)
        {
            findings.Add($"{account.Name} counts ${account.Counted} in memory, and has settled ${account.Settled}.");
        }

        if (account.Calls is { } count && count != own.Count)
        {
            findings.Add($"{account.Name} has settled {count} calls, and has {own.Count} records.");
        }

        if (account.Reserved != NanoUsd.Zero)
        {
            findings.Add($"{account.Name} holds ${account.Reserved} for calls, and none runs.");
        }

        if (account.Running != 0)
        {
            findings.Add($"{account.Name} counts {account.Running} calls that run, and none does.");
        }

        if (account.Settled > account.Most)
        {
            findings.Add($"{account.Name} has settled ${account.Settled}, and may have settled ${account.Most} at most.");
        }
    }
}
