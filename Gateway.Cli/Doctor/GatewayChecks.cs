using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateway.Cli.Calls;
using Gateway.Cli.Connection;
using Gateway.Cli.Invocation;
using Gateway.Cli.Output;

namespace Gateway.Cli.Doctor;

/// <summary>The gateway that runs, and what it says of its providers.</summary>
internal static class GatewayChecks
{
    private static readonly TimeSpan OddClock = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WrongClock = TimeSpan.FromMinutes(1);

    public static async IAsyncEnumerable<Finding> RunAsync(CommandRun run, bool isCalled, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var gateway = run.Connect();
        var (health, date) = await CheckHealthAsync(run, gateway, cancellationToken);
        yield return health;
        if (health.Verdict != Verdict.Ok)
        {
            yield break;
        }

        yield return CheckClock(date, run.Surroundings.Time.GetUtcNow());
        if (run.AdminKey is null)
        {
            yield return Finding.Warn("admin key", "none: providers are not looked at", $"Set {GlobalOptions.AdminKeyVariable}.");
            yield break;
        }

        JsonArray? providers = null;
        Finding access;
        try
        {
            providers = (await gateway.ListAsync("/admin/providers", cancellationToken))["data"]!.AsArray();
            access = Finding.Ok("admin key", "the gateway knows it");
        }
        catch (CommandException exception)
        {
            access = Finding.Fail("admin key", exception.Message, exception.Advice ?? "");
        }

        yield return access;
        foreach (var provider in providers ?? [])
        {
            yield return await CheckProviderAsync(gateway, provider!, cancellationToken);
            if (isCalled && provider!["enabled"]?.GetValue<bool>() != false)
            {
                yield return await CallAsync(run, gateway, Cells.Text(provider["name"]), cancellationToken);
            }
        }
    }

    private static async Task<(Finding Finding, DateTimeOffset? Date)> CheckHealthAsync(CommandRun run, GatewayClient gateway, CancellationToken cancellationToken)
    {
        const string Check = "gateway";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "health");
            using var response = await gateway.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var finding = (int)response.StatusCode switch
            {
                200 when text.Contains("\"status\"", StringComparison.Ordinal) => Finding.Ok(Check, $"{gateway.Url} is ready"),
                503 => Finding.Fail(Check, $"{gateway.Url} runs and cannot take calls: {text}", "Its log says which part is missing."),
                var status => Finding.Fail(Check, $"something else answers at {gateway.Url} ({status})", "Give the gateway another port: gateway serve --port 8081."),
            };
            return (finding, response.Headers.Date);
        }
        catch (CommandException exception) when (exception.ExitCode == ExitCodes.Unavailable)
        {
            // Before the first start nothing else can be.
            return (run.IsUrlGiven ? Finding.Fail(Check, exception.Message, exception.Advice!) : Finding.Warn(Check, exception.Message, exception.Advice!), null);
        }
    }

    private static Finding CheckClock(DateTimeOffset? theirs, DateTimeOffset ours)
    {
        const string Check = "clock";
        if (theirs is not { } date)
        {
            return Finding.Warn(Check, "the gateway does not say its time", "Is there something in front of it that removes the Date header?");
        }

        var difference = (ours - date).Duration();
        var text = string.Create(CultureInfo.InvariantCulture, $"{difference.TotalSeconds:0} s apart from the gateway's");
        const string Advice = "Synchronize both by NTP: budgets' days and keys' expiry go by the gateway's.";
        return difference >= WrongClock ? Finding.Fail(Check, text, Advice)
            : difference >= OddClock ? Finding.Warn(Check, text, Advice)
            : Finding.Ok(Check, "agrees with the gateway's");
    }

    private static async Task<Finding> CheckProviderAsync(GatewayClient gateway, JsonNode provider, CancellationToken cancellationToken)
    {
        var check = $"provider {Cells.Text(provider["name"])}";
        if (provider["enabled"]?.GetValue<bool>() == false)
        {
            return Finding.Ok(check, "switched off");
        }

        try
        {
            var health = (await gateway.SendAsync(HttpMethod.Post, $"/admin/providers/{Cells.Text(provider["id"])}/health-check", body: null, cancellationToken))!;
            return Cells.Text(health["status"]) switch
            {
                "healthy" => Finding.Ok(check, $"answers in {Cells.Milliseconds(health["latency_ms"])}"),
                "unknown" => Finding.Warn(check, "nobody can say without a call", "Try a model: gateway models test NAME."),
                _ => Finding.Fail(check, health["error"] is { } error ? Cells.Text(error) : "does not answer", Advise(provider)),
            };
        }
        catch (CommandException exception)
        {
            return Finding.Fail(check, exception.Message, exception.Advice ?? Advise(provider));
        }
    }

    private static string Advise(JsonNode provider)
    {
        var type = Cells.Text(provider["type"]);
        return provider["api_key_set"]?.GetValue<bool>() == false && provider["local"]?.GetValue<bool>() != true
            ? $"It has no key: PATCH /admin/providers/{Cells.Text(provider["id"])} with 'api_key'."
            : $"Are its key and base_url ({(provider["base_url"] is { } url ? Cells.Text(url) : $"that of {type}")}) right, and can this machine reach it?";
    }

    /// <summary>The first alias that leads to the provider alone stands for it.</summary>
    private static async Task<Finding> CallAsync(CommandRun run, GatewayClient gateway, string provider, CancellationToken cancellationToken)
    {
        var check = $"call of {provider}";
        try
        {
            var models = (await gateway.ListAsync("/admin/models", cancellationToken))["data"]!.AsArray();
            if (models.FirstOrDefault(model => Cells.Text(model!["provider"]) == provider && model["model"] is not null && model["enabled"]?.GetValue<bool>() != false) is not { } alias)
            {
                return Finding.Warn(check, "no alias leads to it", $"Try one of its models: gateway models test {provider}/NAME.");
            }

            var name = Cells.Text(alias["alias"]);
            await using var key = await TemporaryKey.FindOrMakeAsync(run, gateway, $"doctor {name}", cancellationToken);
            var answer = await TestCall.RunAsync(gateway, key.Secret, name, TestCall.Prompt, 1, run.Surroundings.Time, cancellationToken);
            return Finding.Ok(check, $"'{name}' answered in {Cells.Milliseconds(answer.Milliseconds)} for {(answer.Cost is { } cost ? Cells.Usd(cost) : "an unknown price")}");
        }
        catch (CommandException exception)
        {
            return Finding.Fail(check, exception.Message, exception.Advice ?? $"'gateway logs --provider {provider} --errors' shows more.");
        }
    }
}
