namespace Bench.Speed;

/// <summary>What a client speaks.</summary>
internal enum ClientFormat
{
    Chat,
    Messages,
    Responses,
}
