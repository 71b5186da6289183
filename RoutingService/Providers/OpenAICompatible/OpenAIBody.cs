using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Llm.ChatCompletions;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>An answer that is not a stream: read whole, so that a broken one can still become a real status code.</summary>
internal static class OpenAIBody
{
    public static async Task<ProviderAnswer> ReadAsync(
        ProviderCall call, HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var buffer = await BoundedBody.ReadAsync(response, maxBytes, cancellationToken)
            ?? throw new GatewayErrorException(UpstreamErrors.Failed(provider.Name, $"answered with more than {maxBytes} bytes."));
        try
        {
            var answer = ChatChunkScan.Read(buffer.Memory.Span);
            if (answer.HasError)
            {
                var fault = OpenAIErrors.FindFault(buffer.Memory);
                throw new GatewayErrorException(UpstreamErrors.Failed(provider.Name, $"failed: {OpenAIErrors.Redact(fault.Message, provider)}"));
            }

            var usage = answer.Usage is { } reported
                ? (UsageMapping.ToTokenUsage(reported), UsageSource.Provider)
                : (UsageMapping.Estimate(call.Request.Facts, answer.TextBytes), UsageSource.Estimated);
            return new WholeAnswer(buffer.Memory, (int)response.StatusCode, usage, buffer.Release);
        }
        catch (JsonException exception)
        {
            buffer.Release();
            throw new GatewayErrorException(UpstreamErrors.Failed(provider.Name, "answered with something that is not JSON."), exception);
        }
        catch
        {
            buffer.Release();
            throw;
        }
    }
}

/// <summary>A body in a pooled buffer.</summary>
internal sealed class BoundedBody(byte[] buffer, int length)
{
    public ReadOnlyMemory<byte> Memory => buffer.AsMemory(0, length);

    /// <summary>Null when the body is larger than <paramref name="maxBytes"/>.</summary>
    public static async Task<BoundedBody?> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        var expected = response.Content.Headers.ContentLength;
        if (expected > maxBytes)
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min((expected ?? 16 * 1024) + 1, maxBytes + 1L));
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return new BoundedBody(buffer, length);
            }

            length += read;
            if (length > maxBytes)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                return null;
            }

            if (length == buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
    }

    public void Release() => ArrayPool<byte>.Shared.Return(buffer);
}
