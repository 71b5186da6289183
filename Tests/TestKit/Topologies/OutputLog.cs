namespace Tests.TestKit.Topologies;

/// <summary>Lines of one or more processes, in the order of their arrival.</summary>
public sealed class OutputLog
{
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Match, TaskCompletionSource<string> Found)> _waiting = [];

    public int Count
    {
        get
        {
            lock (_lines)
            {
                return _lines.Count;
            }
        }
    }

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
            foreach (var waiting in _waiting.Where(waiting => waiting.Match(line)).ToList())
            {
                waiting.Found.TrySetResult(line);
                _waiting.Remove(waiting);
            }
        }
    }

    public IReadOnlyList<string> Lines(int from = 0)
    {
        lock (_lines)
        {
            return [.. _lines.Skip(from)];
        }
    }

    public string Text(int from = 0) => string.Join('\n', Lines(from));

    /// <summary>The first line from <paramref name="from"/> on that matches, as soon as it is there.</summary>
    public Task<string> WaitForAsync(Func<string, bool> match, int from = 0)
    {
        lock (_lines)
        {
            if (_lines.Skip(from).FirstOrDefault(match) is { } line)
            {
                return Task.FromResult(line);
            }

            var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((match, source));
            return source.Task;
        }
    }
}
