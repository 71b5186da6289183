using Gateway.Contracts.Contents;
using KeyService.Limits;
using ServiceDefaults.Http;

namespace KeyService.Projects;

/// <summary>The fields of a project, as the admin API writes them.</summary>
internal static class ProjectFields
{
    public static void Read(FieldReader fields, Project project)
    {
        AccountFields.Read(fields, project);
        fields.Flag("content_logging", isOn => project.ContentLogging = isOn);
        fields.Count(
            "content_retention_days", 1, ContentRules.MaxRetentionDays, days => project.ContentRetentionDays = (int)(days ?? ContentRules.DefaultRetentionDays));
        fields.Texts(
            "redaction", RedactionRules.MaxRules, RedactionRules.IsValid,
            $"rules: {string.Join(", ", RedactionRules.BuiltIn)}, or '{RedactionRules.PatternPrefix}' and a pattern that needs no backtracking and does not match nothing",
            rules => project.Redaction = rules);
    }
}
