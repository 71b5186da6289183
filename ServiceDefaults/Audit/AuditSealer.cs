using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Audit;

/// <summary>
/// HMAC-SHA-256 over an entry with its place and the seal before it. Each field goes in with its length, so that no two entries are the same
/// bytes; a field that is absent is not one that is empty.
/// </summary>
internal sealed class AuditSealer(AuditKeys keys, string chain)
{
    public const int MacLength = 32;

    private const byte Version = 1;

    private readonly byte[] _key = keys.OfChain(chain);

    public static byte[] Start { get; } = new byte[MacLength];

    public string KeyId => keys.KeyId;

    public byte[] Seal(AuditRecord row)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData([Version]);
        Add(mac, chain);
        Add(mac, row.Seq);
        mac.AppendData(row.Previous);
        mac.AppendData(row.Id.ToByteArray(bigEndian: true));
        Add(mac, row.CreatedAt.Ticks);
        Add(mac, row.Actor);
        Add(mac, row.ActorKey);
        Add(mac, row.Source);
        Add(mac, row.Client);
        Add(mac, row.Action);
        Add(mac, row.ResourceType);
        Add(mac, row.ResourceId);
        Add(mac, row.RequestId);
        Add(mac, row.StatusCode ?? -1);
        Add(mac, row.Changes);
        Add(mac, row.KeyId);
        return mac.GetHashAndReset();
    }

    private static void Add(IncrementalHash mac, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        mac.AppendData(bytes);
    }

    private static void Add(IncrementalHash mac, string? text)
    {
        if (text is null)
        {
            Add(mac, -1);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Add(mac, bytes.Length);
        mac.AppendData(bytes);
    }
}
