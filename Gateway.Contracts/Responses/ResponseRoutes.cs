namespace Gateway.Contracts.Responses;

/// <summary>Where UsageService keeps responses for the Edge.</summary>
public static class ResponseRoutes
{
    public const string Save = "/internal/responses/save";
    public const string Find = "/internal/responses/find";
    public const string History = "/internal/responses/history";
    public const string Items = "/internal/responses/items";
    public const string Delete = "/internal/responses/delete";
    public const string StartBackground = "/internal/responses/background/start";
    public const string ReportBackground = "/internal/responses/background/report";
    public const string CancelBackground = "/internal/responses/background/cancel";
    public const string BackgroundEvents = "/internal/responses/background/events";
    public const string SaveConversation = "/internal/conversations/save";
    public const string FindConversation = "/internal/conversations/find";
    public const string AddConversationItems = "/internal/conversations/add";
    public const string ConversationItems = "/internal/conversations/items";
    public const string DeleteConversation = "/internal/conversations/delete";
}
