namespace KeyService.BudgetWarnings;

/// <summary>Section <c>Keys:Webhooks</c>.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "Keys:Webhooks";

    /// <summary>For receivers inside one's own network: without it a webhook reaches hosts of the internet alone.</summary>
    public bool AllowPrivateAddresses { get; set; }
}
