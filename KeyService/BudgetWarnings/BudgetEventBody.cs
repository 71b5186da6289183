using System.Text.Json;
using System.Text.Json.Serialization;

namespace KeyService.BudgetWarnings;

/// <summary>What a webhook is sent. Either a key or a project; money in dollars.</summary>
/// <param name="Id">The same in every attempt: a receiver can tell a second delivery by it.</param>
/// <param name="Percent">The threshold.</param>
/// <param name="Period">Null for a lifetime, and so is its start.</param>
internal sealed record BudgetEventBody(
    Guid Id,
    string Type,
    DateTime CreatedAt,
    BudgetOwner? Key,
    BudgetOwner? Project,
    decimal Spent,
    decimal Limit,
    int Percent,
    string? Period,
    DateOnly? PeriodStart)
{
    public const string SoftLimitReached = "budget.soft_limit_reached";

    public string ToJson() => JsonSerializer.Serialize(this, BudgetEventJson.Default.BudgetEventBody);
}

internal sealed record BudgetOwner(Guid Id, string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BudgetEventBody))]
internal sealed partial class BudgetEventJson : JsonSerializerContext;
