using System.Text.Json.Nodes;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Calls;

/// <summary>The virtual key that somebody has, or one for as long as a command runs.</summary>
internal sealed class TemporaryKey : IAsyncDisposable
{
    private const int MaxNameLength = 100;

    private readonly GatewayClient? _gateway;
    private readonly string? _id;

    private TemporaryKey(string secret, GatewayClient? gateway = null, string? id = null) => (Secret, _gateway, _id) = (secret, gateway, id);

    public string Secret { get; }

    /// <param name="purpose">What its name says.</param>
    public static async Task<TemporaryKey> FindOrMakeAsync(CommandRun run, GatewayClient gateway, string purpose, CancellationToken cancellationToken)
    {
        if (run.VirtualKey is { } given)
        {
            return new TemporaryKey(given);
        }

        if (run.AdminKey is null)
        {
            throw new CommandException(
                "This needs a virtual key.",
                $"Set {GlobalOptions.KeyVariable}; or {GlobalOptions.AdminKeyVariable}, and a key is made for this one call.",
                ExitCodes.NotAllowed);
        }

        var name = $"gateway-cli: {purpose}";
        var key = await gateway.SendAsync(
            HttpMethod.Post,
            "/admin/keys",
            new JsonObject
            {
                ["name"] = name.Length <= MaxNameLength ? name : name[..MaxNameLength],
                ["expires_at"] = Moments.After(run.Surroundings.Time, "", "10m"),
            },
            cancellationToken);
        return new TemporaryKey(Cells.Text(key!["key"]), gateway, Cells.Text(key["id"]));
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            // Also when the command was interrupted: a key is not left behind for that.
            await _gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{_id}", body: null, CancellationToken.None);
        }
    }
}
