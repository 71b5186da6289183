using Gateway.Contracts;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace KeyService.Limits;

/// <summary>The fields that projects and keys share, as the admin API writes them.</summary>
internal static class AccountFields
{
    private const int MaxTags = 20;
    private const int MaxTagLength = 50;

    /// <summary>Far above any use, and far below where sums overflow.</summary>
    private const long MaxCount = 1_000_000_000_000;

    public static void Read(FieldReader fields, Account account)
    {
        fields.Name("name", Account.MaxNameLength, name => account.Name = name);
        fields.Owner(owner => account.ManagedBy = owner);
        fields.Text("description", Account.MaxDescriptionLength, text => account.Description = text);
        fields.Flag("enabled", enabled => account.Enabled = enabled);
        fields.Limit("rpm_limit", limit => account.RpmLimit = limit);
        fields.Limit("tpm_limit", limit => account.TpmLimit = limit);
        fields.Limit("max_parallel", limit => account.MaxParallel = limit);
        fields.Usd("budget_limit", limit => account.BudgetLimitNanoUsd = limit?.Value);
        fields.Choice("budget_period", BudgetPeriods.ByName, period => account.BudgetPeriod = period);
        fields.Count("soft_budget_percent", 1, 100, percent => account.SoftBudgetPercent = (int?)percent);
        fields.Text("webhook_url", Account.MaxUrlLength, url =>
        {
            if (url is null || IsWebUrl(url))
            {
                account.WebhookUrl = url;
            }
            else
            {
                fields.Fault("webhook_url", "An http or https URL without user and fragment, or null.");
            }
        });
        fields.Texts(
            "tags", MaxTags, tag => tag.Length is > 0 and <= MaxTagLength && !tag.Any(char.IsControl),
            $"tags of 1 to {MaxTagLength} characters", tags => account.Tags = tags ?? []);
    }

    public static void Limit(this FieldReader fields, string name, Action<long?> set) => fields.Count(name, 1, MaxCount, set);

    public static decimal? ToUsd(long? nanoUsd) => nanoUsd is { } value ? new NanoUsd(value).ToUsd() : null;

    private static bool IsWebUrl(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Fragment.Length == 0;
}
