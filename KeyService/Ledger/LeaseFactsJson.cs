using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Contracts;
using KeyService.Ledger.Core;

namespace KeyService.Ledger;

/// <summary>
/// What a lease says, as text: in its row, and with the Edge, which brings it back. So a settlement finds its scopes and its day also in a
/// ledger that was restarted or has ended the lease.
/// </summary>
internal sealed record LeaseFactsText(string[] Scopes, DateTime AdmittedAt, DateOnly Day, long Tokens, long NanoUsd, DateTime ExpiresAt, bool IsExpired)
{
    public static string Write(LeaseFacts facts)
    {
        var scopes = new string[facts.Scopes.Count];
        for (var i = 0; i < scopes.Length; i++)
        {
            scopes[i] = LedgerScope.NameOf(facts.Scopes[i]);
        }

        return JsonSerializer.Serialize(
            new LeaseFactsText(scopes, facts.AdmittedAt, facts.Day, facts.Tokens, facts.Cost.Value, facts.ExpiresAt, facts.IsExpired),
            LeaseFactsJson.Default.LeaseFactsText);
    }

    /// <summary>Null for what is not of our making.</summary>
    public static LeaseFacts? Read(Guid callId, string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, LeaseFactsJson.Default.LeaseFactsText) is { } facts
                ? new LeaseFacts
                {
                    CallId = callId,
                    Scopes = [.. facts.Scopes.Select(LedgerScope.Parse)],
                    AdmittedAt = DateTime.SpecifyKind(facts.AdmittedAt, DateTimeKind.Utc),
                    Day = facts.Day,
                    Tokens = facts.Tokens,
                    Cost = new NanoUsd(facts.NanoUsd),
                    ExpiresAt = DateTime.SpecifyKind(facts.ExpiresAt, DateTimeKind.Utc),
                    IsExpired = facts.IsExpired,
                }
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(LeaseFactsText))]
internal sealed partial class LeaseFactsJson : JsonSerializerContext;
