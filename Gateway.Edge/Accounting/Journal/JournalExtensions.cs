using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Accounting.Journal;

internal static class JournalExtensions
{
    public static void AddCallJournal(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<JournalOptions>().BindConfiguration(JournalOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<JournalOptions>, JournalOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<JournalOptions>, JournalSizeValidator>();
        builder.Services.TryAddSingleton<IJournalDisk, JournalDisk>();
        builder.Services.AddSingleton<CallJournal>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CallJournal>());
        builder.Services.AddHealthChecks().AddCheck<JournalHealthCheck>("journal");
    }
}
