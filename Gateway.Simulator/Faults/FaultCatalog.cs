using System.Collections.Frozen;
using Gateway.Simulator.Scripts;

namespace Gateway.Simulator.Faults;

/// <summary>All faults, by the number of their row in the fault matrix.</summary>
public static class FaultCatalog
{
    internal const string ModelPrefix = "fault-";

    /// <summary>The one that is answered before its body has come.</summary>
    internal const string EarlyAnswer = "u61";

    private static readonly IFault[] Faults =
    [
        new U07EndBeforeHeaders(), new U08EndReusedConnection(), new U09ResetMidStream(), new U10CutChunkedStream(), new U11CutCloseDelimitedStream(),
        new U12NoDone(), new U13ShortBody(), new U14InvalidJson(), new U15MalformedEvents(), new U16SplitEveryByte(), new U17OddLines(),
        new U18LongLine(), new U19HugeLine(), new U20Trickle(), new U21StallBeforeHeaders(), new U22StallBeforeFirstEvent(),
        new U23StallMidStream(), new U24PingsAlone(), new U25BadRequest(), new U28WrongKey(), new U29Forbidden(), new U30UnknownModel(), new U31ClientStatuses(), new U35RateLimited(),
        new U36RateLimitedFraction(), new U37RateLimitedDates(), new U38QuotaUsedUp(), new U39ServerError(),
        new U40Unavailable(), new U41Overloaded(), new U42Html(), new U43ErrorBodies(), new U44OddStatus(), new U45Redirect(),
        new U46BrokenHttp(), new U47TwoEnds(), new U48ExtraBytes(), new U49NoUsage(), new U50ZeroUsage(), new U51RepeatedUsage(), new U52OddUsage(),
        new U53UsageParts(), new U54DataAfterDone(), new U55ErrorFirst(), new U56ErrorMidStream(), new U57EmptyEvents(), new U58CutArguments(),
        new U59OddIndexes(), new U60HalfCharacters(), new U61EarlyAnswer(), new U62Compressed(), new U63OtherShape(), new U64Flood(),
    ];

    private static readonly FrozenDictionary<string, Answer> ByName = Faults
        .SelectMany(fault => fault.Answers)
        .ToFrozenDictionary(answer => answer.Key, answer => answer.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name, with what it shows.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Summaries { get; } =
        [.. Faults.SelectMany(fault => fault.Answers.Keys.Select(name => KeyValuePair.Create(name, fault.Summary)))];

    /// <summary>The answer of a row, to be used as it is or changed by <c>with</c>.</summary>
    public static Answer Get(string name) => ByName.TryGetValue(name, out var answer)
        ? answer
        : throw new ArgumentException($"No fault is named '{name}'; GET /_simulator/faults lists them.", nameof(name));

    /// <summary>By protocol, or <c>stream</c> and <c>whole</c> for all of them: why the fault cannot be shown there.</summary>
    public static IReadOnlyDictionary<string, string> NotIn(string name) => Faults.Single(fault => fault.Answers.ContainsKey(name)).NotIn;

    /// <summary>Why the fault cannot be shown by a protocol, such as <c>bedrock</c>; null when it can.</summary>
    public static string? WhyNot(string name, string protocol, bool stream)
    {
        var notIn = NotIn(name);
        return notIn.GetValueOrDefault(protocol)
            ?? notIn.GetValueOrDefault(protocol + (stream ? "-stream" : "-whole"))
            ?? notIn.GetValueOrDefault(stream ? "stream" : "whole");
    }

    /// <summary>The answer for a model <c>fault-...</c>; null for any other model.</summary>
    internal static Answer? ForModel(string? model)
        => model is not null && model.StartsWith(ModelPrefix, StringComparison.OrdinalIgnoreCase) ? Get(model[ModelPrefix.Length..]) : null;
}
