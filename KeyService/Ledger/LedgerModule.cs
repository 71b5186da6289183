using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;
using Microsoft.Extensions.Options;

namespace KeyService.Ledger;

internal static class LedgerModule
{
    public static void AddLedger(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LedgerOptions>().BindConfiguration(LedgerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>();
        builder.Services.AddSingleton<ILedgerClock, LedgerClock>();
        builder.Services.AddSingleton<LedgerCore>();
        builder.Services.AddSingleton<LedgerStore>();
        builder.Services.AddSingleton<LedgerWrites>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LedgerWrites>());
        builder.Services.AddSingleton<IKeyLedger, KeyLedger>();
        builder.Services.AddHealthChecks().AddCheck<LedgerHealthCheck>("ledger");
    }
}
