using System.CommandLine;
using Gateway.Cli.Connection;
using Gateway.Cli.Output;

namespace Gateway.Cli.Invocation;

/// <summary>One run of a command: its values, its output, its gateway.</summary>
internal sealed class CommandRun(ParseResult result, CommandLine line)
{
    public Surroundings Surroundings => line.Surroundings;

    public Report Report { get; } = line.CreateReport(result);

    public IReadOnlyList<string> UnmatchedTokens => result.UnmatchedTokens;

    /// <summary>Whether somebody has said which gateway is meant.</summary>
    public bool IsUrlGiven => GivenUrl is not null;

    /// <summary>Null where there is none.</summary>
    public string? AdminKey => FindSecret(line.Options.AdminKey, GlobalOptions.AdminKeyVariable, "Gateway__AdminKey");

    /// <summary>Null where there is none.</summary>
    public string? VirtualKey => FindSecret(line.Options.Key, GlobalOptions.KeyVariable);

    /// <summary>Which of the options that are about a gateway elsewhere somebody has typed.</summary>
    public IEnumerable<string> GivenGatewayOptions
        => ((Option[])[line.Options.Url, line.Options.AdminKey, line.Options.Key]).Where(option => result.GetResult(option) is not null).Select(option => option.Name);

    private string? GivenUrl => result.GetValue(line.Options.Url) ?? Surroundings.Variable(GlobalOptions.UrlVariable);

    public T? Get<T>(Option<T> option) => result.GetValue(option);

    public T? Get<T>(Argument<T> argument) => result.GetValue(argument);

    public Uri FindUrl()
    {
        var text = GivenUrl ?? GlobalOptions.DefaultUrl;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new CommandException($"'{text}' is not the address of a gateway.", $"Write it as {GlobalOptions.DefaultUrl}.", ExitCodes.Usage);
    }

    /// <summary>The gateway, as its administrator.</summary>
    public GatewayClient ConnectAsAdmin() => new(FindUrl(), AdminKey ?? throw new CommandException(
        "This needs the admin key.",
        $"Set {GlobalOptions.AdminKeyVariable}. The first start of a gateway prints the key, once.",
        ExitCodes.NotAllowed), Surroundings);

    /// <summary>The gateway, with the admin key where there is one.</summary>
    public GatewayClient Connect() => new(FindUrl(), AdminKey, Surroundings);

    /// <summary>A path as somebody has typed it.</summary>
    public string ToPath(string path) => Path.GetFullPath(path, Surroundings.Directory);

    private string? FindSecret(Option<string?> option, params ReadOnlySpan<string> variables)
    {
        if (result.GetValue(option) is { Length: > 0 } given)
        {
            Report.Warn($"{option.Name} is in the list of processes and in the history of the shell. Set {variables[0]} instead.");
            return given;
        }

        foreach (var variable in variables)
        {
            if (Surroundings.Variable(variable) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }
}
