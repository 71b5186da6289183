using System.Buffers;
using Gateway.Contracts;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Contents;

/// <summary>The bytes of one call whose project wants its content kept, as many as are kept. What is done with them is done after the call.</summary>
internal sealed class ContentCapture(Guid callId, KeyIdentity key, ClientFormat format, DateTime createdAt, int maxBytes)
{
    private readonly ArrayBufferWriter<byte> _answer = new(1024);

    public Guid CallId => callId;

    public KeyIdentity Key => key;

    public ContentRules Rules => key.Content!;

    public ClientFormat Format => format;

    public DateTime CreatedAt => createdAt;

    public bool IsStream { get; set; }

    public byte[] Request { get; private set; } = [];

    public ReadOnlyMemory<byte> Answer => _answer.WrittenMemory;

    public bool IsRequestCut { get; private set; }

    public bool IsAnswerCut { get; private set; }

    public void TakeRequest(ReadOnlySpan<byte> body)
    {
        IsRequestCut = body.Length > maxBytes;
        Request = body[..Math.Min(body.Length, maxBytes)].ToArray();
    }

    public void TakeAnswer(ReadOnlySpan<byte> piece)
    {
        var room = maxBytes - _answer.WrittenCount;
        IsAnswerCut |= piece.Length > room;
        _answer.Write(piece[..Math.Min(piece.Length, room)]);
    }
}
