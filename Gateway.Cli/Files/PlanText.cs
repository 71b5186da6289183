using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;
using Gateway.Configuration;
using Gateway.Configuration.Plans;
using Spectre.Console;

namespace Gateway.Cli.Files;

/// <summary>A plan as a person reads it, and as a program does. Secrets are in neither.</summary>
internal static class PlanText
{
    public static void Write(Report report, ConfigurationPlan plan)
    {
        foreach (var change in plan.Changes)
        {
            var (mark, colour) = change.Kind switch
            {
                ChangeKind.Create => ("+", Color.Green),
                ChangeKind.Delete => ("-", Color.Red),
                _ => ("~", Color.Yellow),
            };
            report.WriteMark(mark, colour, $" {Cells.Clean(change.ToString())}");
            foreach (var field in change.Kind == ChangeKind.Delete ? [] : change.Fields)
            {
                report.WriteLine($"    {Cells.Clean(change.Kind == ChangeKind.Create && !field.IsSecret ? $"{field.Field}: {field.After}" : field.ToString())}");
            }
        }

        foreach (var note in plan.RestartNotes)
        {
            report.WriteLine($"note: {Cells.Clean(note)}");
        }

        foreach (var fault in plan.Faults)
        {
            report.WriteMark("fault", Color.Red, $": {Cells.Clean(fault.ToString())}");
        }

        report.WriteLine(plan.IsEmpty && plan.Faults.Count == 0 ? "The gateway is as the file says." : Sum(plan));
    }

    public static JsonObject ToJson(ConfigurationPlan plan) => new()
    {
        ["changes"] = ToJson(plan.Changes),
        ["faults"] = Faults.ToJson(plan.Faults),
        ["restart_notes"] = new JsonArray([.. plan.RestartNotes.Select(note => JsonValue.Create(note))]),
    };

    public static JsonArray ToJson(IEnumerable<ConfigurationChange> changes) => new([.. changes.Select(ToJson)]);

    public static JsonObject ToJson(ConfigurationChange change) => new()
    {
        ["kind"] = change.Kind.ToString().ToLowerInvariant(),
        ["type"] = change.Type,
        ["name"] = change.Name,
        ["fields"] = new JsonArray([.. change.Fields.Select(field => new JsonObject
        {
            ["field"] = field.Field, ["before"] = Parse(field.Before), ["after"] = Parse(field.After), ["secret"] = field.IsSecret,
        })]),
    };

    private static string Sum(ConfigurationPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count(ChangeKind.Create, plan)} to make, {Count(ChangeKind.Update, plan)} to change, {Count(ChangeKind.Delete, plan)} to delete; {plan.Faults.Count} faults");

    private static int Count(ChangeKind kind, ConfigurationPlan plan) => plan.Changes.Count(change => change.Kind == kind);

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
}
