using Gateway.Cli;
using Gateway.Cli.Invocation;

return await GatewayCommand.RunAsync(args, Surroundings.OfProcess());
