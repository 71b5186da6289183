using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Contents;
using Gateway.Edge.Contents;
using Shouldly;
using Xunit;

namespace Tests.Contents;

public sealed class RedactorTests
{
    private static readonly Redactor All = new(rules: null);

    [Theory]
    [InlineData("Write to anna.b+c@mail.example.com, please.", "Write to [email], please.")]
    [InlineData("My card is 4111 1111 1111 1111.", "My card is [card_number].")]
    [InlineData("4111-1111-1111-1111 12/29", "[card_number] 12/29")]
    [InlineData("amex 378282246310005", "amex [card_number]")]
    [InlineData("Pay to DE89 3704 0044 0532 0130 00 today", "Pay to [iban] today")]
    [InlineData("GB82WEST12345698765432", "[iban]")]
    [InlineData("from 192.168.10.4 to 2001:db8::7:1", "from [ip_address] to [ip_address]")]
    [InlineData("call +49 (0)30 1234567 or 555-123-4567", "call [phone] or [phone]")]
    [InlineData("key sk-proj-abcdefghij0123456789 here", "key [secret] here")]
    [InlineData("key gw-admin-0123456789abcdef here", "key [secret] here")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[secret]")]
    [InlineData("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U.", "token [secret].")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz012345", "[secret]")]
    [InlineData("postgres://user:password@host/db", "postgres[secret]host/db")]
    [InlineData("In 2026 it was 42 of 1,000,000 at 12:30, version 1.2.3.", "In 2026 it was 42 of 1,000,000 at 12:30, version 1.2.3.")]
    [InlineData("the skeleton risk-free gateway", "the skeleton risk-free gateway")]
    public void Redact_WithTheRulesThatAreBuiltIn_TakesOutWhatTheyName(string text, string redacted) => All.Redact(text).ShouldBe(redacted);

    [Fact]
    public void Redact_WithRulesOfOnesOwn_TakesOutThoseAlone()
    {
        var redactor = new Redactor([RedactionRules.Email, @"regex:PRJ-\d+"]);

        redactor.Redact("a@b.example about PRJ-17, call 555-123-4567").ShouldBe("[email] about [redacted], call 555-123-4567");
    }

    [Theory]
    [InlineData("email", true)]
    [InlineData(@"regex:PRJ-\d+", true)]
    [InlineData("emails", false)]
    [InlineData("regex:", false)]
    [InlineData("regex:(", false)]
    [InlineData("regex:a*", false)]
    [InlineData(@"regex:(a)\1", false)]
    [InlineData("regex:(?=a)b", false)]
    public void IsValid_WhateverTheRule_SaysWhetherItCanBeKept(string rule, bool isValid) => RedactionRules.IsValid(rule).ShouldBe(isValid);

    /// <summary>What would take a backtracking engine for ever is done as fast as anything.</summary>
    [Fact]
    public void Redact_WhenAPatternIsOfTheEvilSort_Ends()
        => new Redactor([@"regex:^(a+)+$"]).Redact(new string('a', 50_000) + "!").Length.ShouldBe(50_001);

    [Fact]
    public void Json_WhereverATextIs_IsRedacted()
        => RedactedJson.Write(
            """{"messages":[{"role":"user","content":"I am \u0061@b.example"}],"a@b.example":1,"n":4111111111111111,"m":12.50,"t":true,"z":null}"""u8, isCut: false, All)
            .ShouldBe("""{"messages":[{"role":"user","content":"I am [email]"}],"[email]":1,"n":"[card_number]","m":12.50,"t":true,"z":null}""");

    /// <summary>However much of it was kept: it is JSON, and has no half of what the rules name.</summary>
    [Fact]
    public void Json_WhereverItIsCut_IsWholeAndHasNoHalves()
    {
        var json = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"Hallo Zoë \uD83D\uDE00, I am anna@mail.example now and then"}],"n":2}""");
        for (var length = 0; length <= json.Length; length++)
        {
            var written = RedactedJson.Write(json.AsSpan(0, length), isCut: length < json.Length, All);

            System.Text.Json.JsonDocument.Parse(written).Dispose();
            written.ShouldNotContain("anna@");
            written.ShouldNotContain("anna ");
        }

        RedactedJson.Write(json.AsSpan(0, 75), isCut: true, All).ShouldContain("Hallo Zoë");
    }

    [Fact]
    public void Json_WhenItIsNone_IsNull() => RedactedJson.Write("<html>a@b.example"u8, isCut: false, All).ShouldBe("null");

    /// <summary>An address in two events is in neither of them.</summary>
    [Theory]
    [InlineData(ClientFormat.Chat, """{"choices":[{"index":0,"delta":{"content":"<>"}}]}""", "text 0")]
    [InlineData(ClientFormat.Messages, """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"<>"}}""", "text 0")]
    [InlineData(ClientFormat.Responses, """{"type":"response.output_text.delta","output_index":0,"delta":"<>"}""", "output_text 0")]
    public void Stream_WhenATextIsInPieces_IsRedactedWhole(ClientFormat format, string delta, string name)
    {
        var events = string.Concat(((string[])["Mail an", "na@ma", "il.example", ", please."]).Select(piece => $"data: {delta.Replace("<>", piece, StringComparison.Ordinal)}\n\n"))
            + "data: [DONE]\n\ndata: {\"cut";

        var joined = StreamedText.Join(Encoding.UTF8.GetBytes(events), format);

        RedactedJson.Write(joined, isCut: false, All).ShouldBe($$"""{"{{name}}":"Mail [email], please."}""");
    }
}
