namespace KeyService.BudgetWarnings;

internal static class BudgetWarningModule
{
    public static void AddBudgetWarnings(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<BudgetEventStore>();
        builder.Services.AddSingleton<WebhookSender>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WebhookSender>());
        builder.Services.AddSingleton<BudgetWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BudgetWatch>());
    }
}
