using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Providers;
using RoutingService.Snapshots;

namespace RoutingService.Dispatching;

internal sealed class ModelRouter(RoutingTable table, TimeProvider timeProvider) : IModelRouter
{
    public async Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        if (snapshot.Resolve(request.Facts.Model) is not { } target)
        {
            return new RefusedDispatch(new DispatchHead { Error = GatewayError.ModelNotFound(Shorten(request.Facts.Model)) });
        }

        var attempt = new Attempt(target, snapshot.Prices, timeProvider);
        attempt.Start(request);
        try
        {
            var call = new ProviderCall(request, body, target);
            if (!target.Provider.Adapter.Serves(request.Operation))
            {
                throw new GatewayErrorException(GatewayError.BadRequest(
                    "unsupported_operation", $"Provider '{target.Provider.Name}' ({target.Provider.Adapter.Type}) has no {NameOf(request.Operation)}.", "model"));
            }

            var answer = request.Operation == CallOperation.CountTokens && !target.Provider.Adapter.CountsTokens
                ? TokenCountAnswer.Estimate(call)
                : await target.Provider.Adapter.SendAsync(call, cancellationToken);
            return new ProviderDispatch(answer, attempt, request.WatchOutput);
        }
        catch (GatewayErrorException exception)
        {
            return Refuse(attempt, exception.Error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(attempt, GatewayError.ClientLeft());
        }
        catch (Exception exception)
        {
            attempt.Abandon(exception);
            throw;
        }
    }

    public ValueTask<ModelQuote> QuoteAsync(string model, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        return ValueTask.FromResult(
            snapshot.Resolve(model) is { } target
                ? snapshot.Prices.Quote(target.Provider.Name, target.PricedModel) with { UpstreamModel = target.Model }
                : new ModelQuote());
    }

    public Task<IReadOnlyList<ModelDescription>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult(table.Current.Models);

    private static RefusedDispatch Refuse(Attempt attempt, GatewayError error)
    {
        var record = attempt.Fail(error);
        return new RefusedDispatch(
            new DispatchHead
            {
                Error = error,
                Provider = record.Provider,
                UpstreamModel = record.UpstreamModel,
                Attempts = 1,
                ProviderMs = record.DurationMs,
            },
            record);
    }

    private static string NameOf(CallOperation operation) => operation == CallOperation.Embeddings ? "embeddings" : "completions of plain text";

    private static string Shorten(string model) => Gateway.Llm.Json.JsonStrings.Shorten(model);
}

/// <summary>No answer, and why.</summary>
internal sealed class RefusedDispatch(DispatchHead head, params AttemptRecord[] attempts) : Dispatch
{
    public override DispatchHead Head => head;

    public override DispatchEnd? End { get; } = new() { Error = head.Error, Attempts = attempts };

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) => default;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
