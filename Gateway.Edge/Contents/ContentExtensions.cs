using Microsoft.Extensions.Options;

namespace Gateway.Edge.Contents;

internal static class ContentExtensions
{
    public static void AddContents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ContentOptions>().BindConfiguration(ContentOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ContentOptions>, ContentOptionsValidator>();
        builder.Services.AddSingleton<ContentQueue>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ContentQueue>());
    }
}
