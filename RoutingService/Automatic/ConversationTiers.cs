using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Llm.Canonical;
using Microsoft.Extensions.Options;

namespace RoutingService.Automatic;

/// <summary>
/// The tiers of running conversations, in this process alone. A conversation has no id: it is known by its key and by what it began with, which
/// a client sends again with each turn. Only hashes are kept.
/// </summary>
internal sealed class ConversationTiers(IOptions<ClassifierOptions> options, TimeProvider timeProvider)
{
    private const int MediaCharacters = 256;

    private readonly ExpiringCache<UInt128, Tier> _tiers =
        new(options.Value.ConversationEntries, TimeSpan.FromMinutes(options.Value.ConversationMinutes), timeProvider);

    /// <summary>The tier of this turn: not below that of the turn before it, nor below that of an earlier try of this one.</summary>
    public Tier Keep(Guid keyId, IReadOnlyList<LlmMessage> messages, Tier tier)
    {
        var (previous, current) = TurnsOf(keyId, messages);
        if (previous is { } earlier && _tiers.TryGet(earlier, out var before))
        {
            tier = Tiers.Highest(tier, before);
        }

        if (current is { } turn)
        {
            tier = _tiers.TryGet(turn, out var same) ? Tiers.Highest(tier, same) : tier;
            _tiers.Set(turn, tier);
        }

        return tier;
    }

    /// <summary>The hashes of what was sent for the last turn and for the one before: all messages up to an answer of the assistant's.</summary>
    private static (UInt128? Previous, UInt128? Current) TurnsOf(Guid keyId, IReadOnlyList<LlmMessage> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(keyId.ToByteArray());
        (UInt128? previous, UInt128? current) = (null, null);
        for (var i = 0; i < messages.Count; i++)
        {
            Append(hash, messages[i]);
            var isTurn = messages[i].Role != LlmRole.Assistant && (i == messages.Count - 1 || messages[i + 1].Role == LlmRole.Assistant);
            if (isTurn)
            {
                (previous, current) = (current, BinaryPrimitives.ReadUInt128LittleEndian(hash.GetCurrentHash()));
            }
        }

        return (previous, current);
    }

    private static void Append(IncrementalHash hash, LlmMessage message)
    {
        hash.AppendData([(byte)message.Role]);
        foreach (var part in message.Parts)
        {
            Append(hash, part);
        }
    }

    private static void Append(IncrementalHash hash, LlmPart part)
    {
        switch (part)
        {
            case TextPart text:
                Append(hash, 't', text.Text);
                break;
            case ToolCallPart call:
                Append(hash, 'c', call.Name);
                Append(hash, 'a', call.Arguments);
                break;
            case ToolResultPart result:
                hash.AppendData("r"u8);
                foreach (var inner in result.Content)
                {
                    Append(hash, inner);
                }

                break;
            case ImagePart image:
                Append(hash, image.Source);
                break;
            case DocumentPart document:
                Append(hash, document.Source);
                break;
            default:
                break; // What a client may leave out of its history does not tell conversations apart.
        }
    }

    private static void Append(IncrementalHash hash, MediaSource source)
    {
        var text = source switch
        {
            UrlSource url => url.Url,
            BytesSource bytes => bytes.Base64,
            PlainTextSource plain => plain.Text,
            FileSource file => file.FileId,
            _ => "",
        };

        // Megabytes of a picture say no more than its ends and its length do.
        Append(hash, 'm', text.Length <= 2 * MediaCharacters ? text : $"{text.Length}:{text[..MediaCharacters]}{text[^MediaCharacters..]}");
    }

    /// <summary>With its length, so that the border between two texts is part of what is hashed.</summary>
    private static void Append(IncrementalHash hash, char kind, string text)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], text.Length);
        hash.AppendData(head);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
