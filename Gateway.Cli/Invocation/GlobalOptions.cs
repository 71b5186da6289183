using System.CommandLine;

namespace Gateway.Cli.Invocation;

/// <summary>What every command has.</summary>
internal sealed class GlobalOptions
{
    public const string UrlVariable = "GATEWAY_URL";
    public const string AdminKeyVariable = "GATEWAY_ADMIN_KEY";
    public const string KeyVariable = "GATEWAY_KEY";
    public const string DefaultUrl = "http://localhost:8080";

    public Option<string?> Url { get; } = new("--url")
    {
        Description = $"Where the gateway is ({UrlVariable}, else {DefaultUrl}).", HelpName = "URL", Recursive = true,
    };

    public Option<string?> AdminKey { get; } = new("--admin-key")
    {
        Description = $"The admin key. Better in {AdminKeyVariable}, or .env: arguments are seen by others.", HelpName = "KEY", Recursive = true,
    };

    public Option<string?> Key { get; } = new("--key")
    {
        Description = $"The virtual key of commands that call a model ({KeyVariable}).", HelpName = "KEY", Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Answers in JSON, and errors too (on standard error).", Recursive = true,
    };

    public void AddTo(Command root)
    {
        root.Add(Url);
        root.Add(AdminKey);
        root.Add(Key);
        root.Add(Json);
    }
}
