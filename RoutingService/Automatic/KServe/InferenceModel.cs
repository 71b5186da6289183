using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RoutingService.Automatic.KServe;

/// <summary>One model of the server, with the answers that it gave lately.</summary>
internal sealed class InferenceModel<T>(
    InferenceServer server, string name, Func<KServeAnswer, T> read, ClassifierOptions options, TimeProvider timeProvider)
    where T : class
{
    // By the hash alone: prompts are not kept.
    private readonly ExpiringCache<UInt128, T> _answers = new(options.CacheEntries, TimeSpan.FromMinutes(options.CacheMinutes), timeProvider);

    public async ValueTask<Inferred<T>> InferAsync(string text, CancellationToken cancellationToken)
    {
        var utf8 = Encoding.UTF8.GetBytes(TextCut.ToUtf8Length(text, options.MaxTextBytes).ToArray());
        var key = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(utf8));
        if (_answers.TryGet(key, out var known))
        {
            return new Inferred<T>(known, null);
        }

        var inferred = await server.InferAsync(name, utf8, read, cancellationToken);
        if (inferred.Value is { } value)
        {
            _answers.Set(key, value);
        }

        return inferred;
    }
}
