using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using UsageService.Data;
using Xunit;

namespace Tests.Usage;

public sealed class LogExportTests(BookGateways gateways) : IClassFixture<BookGateways>
{
    private static CancellationToken Cancelled => TimeLimit.Token();

    /// <summary>Security row 21 of the fault matrix: what a client calls itself is no formula in anybody's spreadsheet.</summary>
    [Fact]
    public async Task Csv_WhenTextsAreHostile_HoldsThemAndNoFormula()
    {
        var books = await gateways.GetAsync(Store.Sqlite);
        var file = Path.Combine(Repository.Corpora ?? "", "naughty-strings", "blns.json");
        Assert.SkipUnless(File.Exists(file), "the naughty strings are not here: set GATEWAY_CORPORA to their folder, or put them in ../shared/corpora");
        var texts = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(file, Cancelled))!
            .Concat(["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "a,b", "a\"b", "a\r\nb", "'", ""])
            .Where(text => text.Length <= 500 && !text.Contains('\0') && !text.Any(char.IsSurrogate))
            .Distinct().ToList();
        var at = new DateTime(2026, 9, 5, 0, 0, 0, DateTimeKind.Utc);
        await books.RecordAsync([.. texts.Select((text, index) => SomeRecords.One(at.AddSeconds(index)) with { EndUser = text, RequestedModel = text, KeyName = text })]);

        using var answer = await books.Client.GetAsync("/admin/logs/export?format=csv&from=2026-09-05&to=2026-09-06", Cancelled);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        var rows = ReadCsv(await answer.Content.ReadAsStringAsync(Cancelled));
        rows.Count.ShouldBe(texts.Count + 1);
        rows.ShouldAllBe(row => row.Count == rows[0].Count);
        foreach (var (row, text) in rows.Skip(1).Zip(texts))
        {
            var cell = row[rows[0].IndexOf("end_user")];
            (cell is ['\'', .. var rest] && text is not ['\'', ..] ? rest : cell).ShouldBe(text);
            row.ShouldAllBe(other => other.Length == 0 || !"=+-@\t\r\n".Contains(other[0]));
            row[rows[0].IndexOf("key_name")].ShouldBe(cell);
        }
    }

    [Fact]
    public async Task Jsonl_WhenExported_HasTheRowsOfTheLogOldestFirst()
    {
        var books = await gateways.GetAsync(Store.Sqlite);
        var records = new SomeRecords(9).Make(30, TimeSpan.FromHours(1));
        await books.RecordAsync(records);
        var (from, to) = (SomeRecords.Begin, SomeRecords.Begin.AddHours(1));
        var query = $"from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}&api_format=chat";

        var text = await books.Client.GetStringAsync($"/admin/logs/export?format=jsonl&{query}", Cancelled);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var listed = await books.GetAllAsync($"&{query}", limit: 200);
        listed.Reverse();
        lines.Zip(listed).ShouldAllBe(pair => JsonNode.DeepEquals(JsonNode.Parse(pair.First), pair.Second));
        lines.Length.ShouldBe(records.Count(record => record.Format == ClientFormat.Chat));
    }

    /// <summary>A hundred thousand rows pass through a memory that holds a page of them.</summary>
    [Fact]
    public async Task Export_OfAHundredThousandRows_HoldsAFewOfThem()
    {
        const int Copies = 99;
        const long MostHeld = 128_000_000;
        var books = await gateways.GetAsync(Store.Sqlite);
        var records = new SomeRecords(13).Make(1000, TimeSpan.FromHours(1)).Select(record => record with { CreatedAt = record.CreatedAt.AddYears(1) }).ToList();
        await books.RecordAsync(records);
        await using (var database = await books.Gateway.Services.GetRequiredService<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled))
        {
            await database.Database.OpenConnectionAsync(Cancelled);
            await database.Database.ExecuteSqlRawAsync("CREATE TEMP TABLE copy AS SELECT * FROM calls WHERE \"CreatedAt\" >= '2027'", Cancelled);
            await using var transaction = await database.Database.BeginTransactionAsync(Cancelled);
            for (var copy = 0; copy < Copies; copy++)
            {
                await database.Database.ExecuteSqlRawAsync(
                    """UPDATE copy SET "Id" = substr("Id", 1, 24) || upper(hex(randomblob(6))); INSERT INTO calls SELECT * FROM copy""", Cancelled);
            }

            await transaction.CommitAsync(Cancelled);
            await database.Database.ExecuteSqlRawAsync("DROP TABLE copy", Cancelled);
        }

        // All rows are some 250 megabytes as objects. Other tests run in this process too: what they hold is gone when it is looked at again.
        var held = await HeldAsync();
        for (var look = 1; look < 4 && held >= MostHeld; look++)
        {
            held = await HeldAsync();
        }

        held.ShouldBeLessThan(MostHeld);

        async Task<long> HeldAsync()
        {
            using var answer = await books.Client.GetAsync("/admin/logs/export?format=csv&from=2027-01-01&to=2028-01-01", HttpCompletionOption.ResponseHeadersRead, Cancelled);
            await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var (lines, bytes, most, looks) = (0L, 0L, 0L, 0);
            var buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, Cancelled)) > 0;)
            {
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
                bytes += read;
                if (bytes / 8_000_000 > looks)
                {
                    looks++;
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                }
            }

            lines.ShouldBe(1 + (1000 * (Copies + 1)));
            looks.ShouldBeGreaterThan(2);
            return most;
        }
    }

    /// <summary>RFC 4180, as a spreadsheet reads it.</summary>
    private static List<List<string>> ReadCsv(string text)
    {
        var rows = new List<List<string>>();
        var (row, cell, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (isQuoted)
            {
                if (character == '"' && index + 1 < text.Length && text[index + 1] == '"')
                {
                    cell.Append(text[index++]);
                }
                else if (character == '"')
                {
                    isQuoted = false;
                }
                else
                {
                    cell.Append(character);
                }
            }
            else if (character == '"' && cell.Length == 0)
            {
                isQuoted = true;
            }
            else if (character == ',')
            {
                row.Add(cell.ToString());
                cell.Clear();
            }
            else if (character == '\r')
            {
                text[++index].ShouldBe('\n');
                row.Add(cell.ToString());
                rows.Add(row);
                (row, cell) = ([], new StringBuilder());
            }
            else
            {
                cell.Append(character);
            }
        }

        cell.Length.ShouldBe(0);
        return rows;
    }
}
