using System.Collections.Concurrent;

namespace Gateway.Simulator.Scripts;

/// <summary>
/// The scripts, by the credential or the model that they are for; <c>*</c> is for every request. A script's answers are
/// given in turn, and its last one again and again. A count, or another operation that protocols answer by rule, takes no turn of these: its
/// script has the name of the operation (<c>count_tokens</c>), the last segment of the path.
/// </summary>
internal sealed class ScriptBook
{
    public const string Everyone = "*";

    private readonly ConcurrentDictionary<string, Script> scripts = new(StringComparer.Ordinal);

    public bool IsEmpty => scripts.IsEmpty;

    public bool RequireScripts { get; set; }

    public ICollection<string> Names => scripts.Keys;

    public void Set(string name, IReadOnlyList<Answer> answers)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (answers.Count == 0)
        {
            throw new ArgumentException($"Script '{name}' has no answers.", nameof(answers));
        }

        scripts[name] = new Script(answers);
    }

    public bool Remove(string name) => scripts.TryRemove(name, out _);

    public void Clear() => scripts.Clear();

    /// <summary>The next answer for a caller: the credential's script goes before the model's.</summary>
    public Answer? Next(string? credential, string? model)
        => scripts.IsEmpty ? null
            : (Find(credential) ?? Find(model) ?? Find(Everyone))?.Next();

    /// <summary>The next answer of the script with exactly this name.</summary>
    public Answer? NextOf(string name) => scripts.IsEmpty ? null : Find(name)?.Next();

    private Script? Find(string? name) => name is not null && scripts.TryGetValue(name, out var script) ? script : null;

    private sealed class Script(IReadOnlyList<Answer> answers)
    {
        private int given;

        public Answer Next() => answers[Math.Min(Interlocked.Increment(ref given), answers.Count) - 1];
    }
}
