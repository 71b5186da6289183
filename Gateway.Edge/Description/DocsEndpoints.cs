using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Description;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Gateway.Edge.Description;

/// <summary>
/// <c>/openapi/v1.json</c>, and pages to browse it at <c>/docs</c>, from this program alone. They tell of what there is and hold no secret, and so
/// they are open; <c>Gateway:Docs=false</c> takes them away.
/// </summary>
internal static class DocsEndpoints
{
    public const string Setting = "Gateway:Docs";

    private const string DocumentPath = "/openapi/v1.json";
    private const string PagesPath = "/docs";

    /// <summary>Scripts come from here, and none stands in a page; the pages' own styles do.</summary>
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseDocs(this WebApplication app)
    {
        if (!app.Configuration.GetValue(Setting, defaultValue: true))
        {
            return;
        }

        app.UseWhen(context => context.Request.Path.StartsWithSegments(PagesPath, StringComparison.Ordinal), pages =>
        {
            pages.Use((context, next) =>
            {
                context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                return next(context);
            });
            pages.UseSwaggerUI(options =>
            {
                options.RoutePrefix = PagesPath[1..];
                options.DocumentTitle = "LLM gateway";
                options.SwaggerEndpoint(DocumentPath, "LLM gateway");
                options.DocExpansion(DocExpansion.None);
                options.ConfigObject.AdditionalItems["tryItOutEnabled"] = false;

                // Nobody else's server is asked whether the document is right.
                options.ConfigObject.ValidatorUrl = null;
            });
        });
        app.MapGet(DocumentPath, GetAsync).WithTags("Description").WithSummary("This document")
            .WithAnswer("application/json", "OpenAPI 3.1.", ClientBodies.Answer()).AllowAnonymous();
        app.MapGet("/redoc", () => TypedResults.Redirect(PagesPath)).AllowAnonymous().WithoutDescription();
    }

    private static async Task<FileContentHttpResult> GetAsync(OpenApiDocument document, CancellationToken cancellationToken)
        => TypedResults.Bytes(await document.GetAsync(cancellationToken), "application/json");
}
