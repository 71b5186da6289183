using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Audit;

namespace ServiceDefaults.Changes;

/// <summary>
/// An answer that is given again. It is stored sealed under a key that needs the client's own <c>Idempotency-Key</c>, which is stored nowhere:
/// the answer to the making of a key holds a secret, and neither the database nor the service's settings are enough to read it.
/// </summary>
internal sealed record KeptAnswer(int Status, string? ContentType, string? Location, string? Tag, byte[] Body) : IResult, IStatusCodeHttpResult
{
    private static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int MacLength = AesGcm.TagByteSizes.MaxSize;

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>Carries a result out into memory.</summary>
    public static async Task<KeptAnswer> CaptureAsync(HttpContext http, IResult result)
    {
        var response = http.Response;
        var (client, body) = (response.Body, new MemoryStream());
        await using (body)
        {
            response.Body = body;
            try
            {
                await result.ExecuteAsync(http);
                await response.BodyWriter.FlushAsync(http.RequestAborted);
            }
            finally
            {
                response.Body = client;
            }

            return new KeptAnswer(response.StatusCode, response.ContentType, response.Headers.Location, response.Headers.ETag, body.ToArray());
        }
    }

    public static KeptAnswer? Open(ReadOnlySpan<byte> box, IdempotentTry attempt, AuditKeys keys)
    {
        using var aes = new AesGcm(keys.OfAnswer(attempt.Id, attempt.Key), MacLength);
        var text = new byte[box.Length - NonceLength - MacLength];
        try
        {
            aes.Decrypt(box[..NonceLength], box[(NonceLength + MacLength)..], box[NonceLength..(NonceLength + MacLength)], text);
            return JsonSerializer.Deserialize<KeptAnswer>(text, JsonSerializerOptions.Default);
        }
        catch (AuthenticationTagMismatchException)
        {
            // The service has another key by now.
            return null;
        }
    }

    public byte[] Seal(IdempotentTry attempt, AuditKeys keys)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Default);
        var box = new byte[NonceLength + MacLength + text.Length];
        var nonce = box.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(keys.OfAnswer(attempt.Id, attempt.Key), MacLength);
        aes.Encrypt(nonce, text, box.AsSpan(NonceLength + MacLength), box.AsSpan(NonceLength, MacLength));
        return box;
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.Headers.Location = Location;
        response.Headers.ETag = Tag;
        return Body.Length == 0 ? Task.CompletedTask : response.Body.WriteAsync(Body, httpContext.RequestAborted).AsTask();
    }
}
