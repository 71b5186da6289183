using System.Net;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Errors;
using ServiceDefaults.Ownership;

namespace Gateway.Edge.ConfigFile;

/// <summary>
/// The admin API of this very process, without a connection and without a key: for what the process itself has to change. Its requests reach the same
/// endpoints as an administrator's, behind authentication.
/// </summary>
internal sealed class OwnAdminHandler(IServiceProvider services) : HttpMessageHandler
{
    private const string Actor = "configuration file";

    private Lazy<RequestDelegate>? _pipeline;

    /// <summary>The endpoints that the application has when the first request comes.</summary>
    public void Use(WebApplication app) => _pipeline = new Lazy<RequestDelegate>(() =>
    {
        var branch = new ApplicationBuilder(app.Services);
        branch.UseRouting();
        branch.Run(context =>
        {
            if (context.GetEndpoint()?.RequestDelegate is { } run)
            {
                return run(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        // Never reached; but it tells the routing above which endpoints there are.
        branch.UseEndpoints(routes =>
        {
            foreach (var source in ((IEndpointRouteBuilder)app).DataSources)
            {
                routes.DataSources.Add(source);
            }
        });
        return branch.Build();
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        context.Request.Method = request.Method.Method;
        context.Request.Scheme = request.RequestUri!.Scheme;
        context.Request.Host = new HostString(request.RequestUri.Authority);
        context.Request.Path = PathString.FromUriComponent(request.RequestUri);
        context.Request.QueryString = QueryString.FromUriComponent(request.RequestUri);
        context.Request.Headers[AuditHeaders.Actor] = Uri.EscapeDataString(Actor);
        context.Request.Headers[Owners.Header] = Owners.File;
        if (request.Content is { } content)
        {
            context.Request.Body = await content.ReadAsStreamAsync(cancellationToken);
            context.Request.ContentType = content.Headers.ContentType?.ToString();
            context.Request.ContentLength = content.Headers.ContentLength;
        }

        context.Response.Body = body;
        try
        {
            await _pipeline!.Value(context);
            await context.Response.CompleteAsync();
        }
        catch (GatewayErrorException exception) when (exception.Error.Kind == GatewayErrorKind.Unavailable)
        {
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        }

        return new HttpResponseMessage((HttpStatusCode)context.Response.StatusCode) { Content = new ByteArrayContent(body.ToArray()) };
    }
}
