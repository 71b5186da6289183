using System.Globalization;

namespace Gateway.Simulator.Sending;

internal static class RequestId
{
    /// <summary>The id of an answer; its number is also in the id of the completion.</summary>
    public static string Text(long id) => string.Create(CultureInfo.InvariantCulture, $"req_{id:D12}");
}
