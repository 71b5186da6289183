using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KeyService.VirtualKeys;

internal static class VirtualKeyEndpoints
{
    public static RouteGroupBuilder MapVirtualKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/keys").WithTags("Keys");
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        return group;
    }

    private static async Task<Results<Created<CreatedKeyView>, ValidationProblem>> CreateAsync(
        CreateKey request, VirtualKeyStore store, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > VirtualKey.MaxNameLength)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>
            {
                ["name"] = [$"A name of 1 to {VirtualKey.MaxNameLength} characters is required."],
            });
        }

        var secret = VirtualKeySecret.Create();
        var key = await store.AddAsync(request.Name, secret, request.ExpiresAt?.UtcDateTime, cancellationToken);
        return TypedResults.Created($"/admin/keys/{key.Id}", new CreatedKeyView(secret, KeyView.From(key)));
    }

    private static async Task<Ok<KeyList>> ListAsync(VirtualKeyStore store, CancellationToken cancellationToken)
    {
        var keys = await store.ListAsync(name: null, cancellationToken);
        return TypedResults.Ok(new KeyList([.. keys.Select(KeyView.From)]));
    }

    private static async Task<Results<Ok<KeyView>, NotFound>> GetAsync(Guid id, VirtualKeyStore store, CancellationToken cancellationToken)
        => await store.FindAsync(id, cancellationToken) is { } key ? TypedResults.Ok(KeyView.From(key)) : TypedResults.NotFound();

    private static async Task<Results<Ok<KeyView>, NotFound>> UpdateAsync(
        Guid id, UpdateKey request, VirtualKeyStore store, CancellationToken cancellationToken)
        => await store.SetEnabledAsync(id, request.Enabled, cancellationToken) is { } key
            ? TypedResults.Ok(KeyView.From(key))
            : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(Guid id, VirtualKeyStore store, CancellationToken cancellationToken)
        => await store.DeleteAsync(id, cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound();
}

internal sealed record CreateKey(string? Name, DateTimeOffset? ExpiresAt);

internal sealed record UpdateKey(bool Enabled);

internal sealed record KeyList(IReadOnlyList<KeyView> Data);

/// <summary>The secret is in the answer to its creation and in no other.</summary>
internal sealed record CreatedKeyView(string Key, KeyView Details);

internal sealed record KeyView(
    Guid Id, string Name, string KeyPrefix, bool Enabled, DateTime? ExpiresAt, decimal CurrentUsage, long TotalRequests, DateTime CreatedAt)
{
    public static KeyView From(VirtualKey key) => new(
        key.Id, key.Name, key.Hint, key.Enabled, key.ExpiresAt, new NanoUsd(key.SpentNanoUsd).ToUsd(), key.TotalRequests, key.CreatedAt);
}
