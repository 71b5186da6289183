using Gateway.Edge.Accounting.Journal;
using Gateway.Edge.Admin;
using Gateway.Edge.Admin.Oidc;
using Gateway.Edge.Admin.Sessions;
using Gateway.Edge.Calls;
using Gateway.Edge.ConfigFile;
using Gateway.Edge.Contents;
using Gateway.Edge.Description;
using Gateway.Edge.Errors;
using Gateway.Edge.Health;
using Gateway.Edge.Limits;
using Gateway.Edge.Models;
using Gateway.Edge.Operations;
using Gateway.Edge.Pipeline;
using Gateway.Edge.Responses;
using Gateway.Edge.Services;
using ServiceDefaults.InternalAuth;

namespace Gateway.Edge;

/// <summary>The public surface: as a module of any host, and as a service of its own in front of the others.</summary>
public static class EdgeModule
{
    public const string ServiceName = "edge";

    /// <summary>The pipeline of a call; the host brings the ledger, the router and the usage log.</summary>
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.AddClientAuthentication();
        builder.AddEdgeLimits();
        builder.AddLimits();
        builder.Services.AddSingleton<CallPipeline>();
        builder.Services.AddSingleton<AdminRefusals>();
        builder.Services.AddSingleton<AccessTable>();
        builder.Services.AddSingleton<SignInThrottle>();
        builder.AddOidc();
        builder.Services.AddSingleton<OpenApiDocument>();
        builder.Services.AddSingleton<AuthenticationCounts>();
        builder.AddEdgeHealth();
        builder.AddConfigFile();
        builder.AddCallJournal();
        builder.AddContents();

        // Ended before the journal, which takes the records of those that run in the background.
        builder.AddResponses();
    }

    public static void AddEdgeService(this WebApplicationBuilder builder)
    {
        builder.AddInternalTokens();
        builder.AddServiceClients();
        builder.AddEdge();
    }

    /// <summary>Everything that a client sees. The admin API behind it is the host's.</summary>
    public static void MapEdge(this WebApplication app)
    {
        app.UseRequestIds();
        app.UseDocs();
        app.UseAuthenticationCounts();
        app.UseErrorBodies();
        app.UseConfigFile();
        app.UseAdminAuthentication();
        app.MapCalls();
        app.MapResponses();
        app.MapConversations();
        app.MapModelList();
        app.MapAdminSessions();
        app.MapOidc();
        app.MapExplain();
        app.MapAuthentication();
        app.MapRoot();
        app.MapEdgeHealth();
        app.MapOperations();
        app.MapConfigFile();
    }

    public static void MapEdgeService(this WebApplication app)
    {
        app.MapEdge();
        app.MapAdminForwarding();
    }
}
