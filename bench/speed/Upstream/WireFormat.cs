namespace Bench.Speed.Upstream;

/// <summary>What a vendor speaks.</summary>
internal enum WireFormat
{
    Chat,
    Messages,
    Responses,
    Gemini,
}
