return await Gateway.Standalone.StandaloneHost.RunAsync(args);
