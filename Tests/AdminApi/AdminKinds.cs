using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;

namespace Tests.AdminApi;

/// <summary>One of each kind of thing that the admin API changes.</summary>
internal static class AdminKinds
{
    /// <summary>Its path, the answer to its making, and a field that a PATCH may change, with two values.</summary>
    public static async Task<IReadOnlyList<(string Path, Answered Made, string Field, JsonNode First, JsonNode Second)>> MakeAsync(Caller caller)
    {
        var provider = Caller.Unique("p");
        var made = new List<(string, Answered, string, JsonNode, JsonNode)>();
        await AddAsync("/admin/projects", new JsonObject { ["name"] = Caller.Unique("project") }, "description", "one", "two");
        await AddAsync("/admin/keys", new JsonObject { ["name"] = Caller.Unique("key") }, "rpm_limit", 5, 6);
        var providerPath = await AddAsync("/admin/providers", new JsonObject { ["name"] = provider, ["type"] = "simulated" }, "rpm_limit", 5, 6);
        await AddAsync(providerPath + "/credentials", new JsonObject { ["name"] = "second", ["api_key"] = "sk-second-1234" }, "weight", 2, 3);
        await AddAsync("/admin/models", new JsonObject { ["alias"] = Caller.Unique("a"), ["provider"] = provider, ["model"] = "m" }, "model", "n", "o");
        await AddAsync(
            "/admin/deployments", new JsonObject { ["model_name"] = Caller.Unique("m"), ["provider"] = provider, ["model"] = Caller.Unique("m") }, "region", "a", "b");
        return made;

        async Task<string> AddAsync(string list, JsonObject body, string field, JsonNode first, JsonNode second)
        {
            var answer = await caller.AdminAsync(HttpMethod.Post, list, body);
            answer.Status.ShouldBe(201, answer.Text);
            var path = answer.Headers["location"];
            path.ShouldBe($"{list}/{answer.Json["id"]}");
            made.Add((path, answer, field, first, second));
            return path;
        }
    }

    public static Task<Answered> PatchAsync(this Caller caller, string path, string field, JsonNode? value, params (string Name, string Value)[] headers)
        => caller.SendAsync(HttpMethod.Patch, path, new JsonObject { [field] = value?.DeepClone() }.ToJsonString(), caller.Gateway.AdminKey, headers);

    public static Task<Answered> AdminAsync(this Caller caller, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
        => caller.SendAsync(method, path, body, caller.Gateway.AdminKey, headers);
}
