using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Configuration.Yaml;

/// <summary>
/// Reads one document into a tree. A document that is larger, deeper or, by its aliases, more repetitive than any configuration is refused
/// before it costs anything.
/// </summary>
internal sealed class YamlTree
{
    public const int MaxCharacters = 4 * 1024 * 1024;

    private const int MaxDepth = 32;
    private const int MaxSize = 200_000;
    private const string MergeName = "<<";

    private static readonly string[] KnownTags =
    [
        "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
        "tag:yaml.org,2002:null", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq",
    ];

    private readonly Parser _parser;
    private readonly List<ConfigurationFault> _faults;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _size;

    private YamlTree(string text, List<ConfigurationFault> faults)
        => (_parser, _faults) = (new Parser(new Scanner(new StringReader(text), skipComments: true)), faults);

    /// <summary>Null where it cannot be read at all; what is wrong is added to the faults.</summary>
    public static YamlNode? Read(string text, List<ConfigurationFault> faults)
    {
        if (text.Length > MaxCharacters)
        {
            faults.Add(new ConfigurationFault("", $"The file is larger than {MaxCharacters / 1024 / 1024} MB."));
            return null;
        }

        try
        {
            return new YamlTree(text, faults).ReadDocument();
        }
        catch (YamlException exception)
        {
            faults.Add(new ConfigurationFault("", $"This is no YAML: {exception.Message}", (int)exception.Start.Line, (int)exception.Start.Column));
            return null;
        }
    }

    private YamlNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out var end))
        {
            return new YamlMap([], (int)end.Start.Line, (int)end.Start.Column);
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.TryConsume<StreamEnd>(out _) && _parser.Current is { } more)
        {
            throw new YamlException(more.Start, more.End, "There is a second document in the file.");
        }

        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            // One within itself is not there yet, and so is unknown.
            return _anchors.TryGetValue(alias.Value.Value, out var repeated)
                ? Count(repeated, repeated.Size)
                : throw new YamlException(alias.Start, alias.End, $"There is no anchor '{alias.Value.Value}' before this.");
        }

        if (depth > MaxDepth)
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"It is deeper than {MaxDepth} levels.");
        }

        var start = (NodeEvent)_parser.Current!;
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && !KnownTags.Contains(start.Tag.Value))
        {
            throw new YamlException(start.Start, start.End, $"The tag '{start.Tag.Value}' has no meaning here.");
        }

        YamlNode node = start switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(depth),
            _ => ReadMap(depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private YamlScalar ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var isText = scalar.Tag is { IsEmpty: false } && (scalar.Tag.IsNonSpecific || scalar.Tag.Value == KnownTags[0]);
        var node = new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain && !isText, (int)scalar.Start.Line, (int)scalar.Start.Column);
        return Count(node, 1);
    }

    private YamlList ReadList(int depth)
    {
        var start = _parser.Consume<SequenceStart>().Start;
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return Count(new YamlList(items, (int)start.Line, (int)start.Column), 1);
    }

    private YamlMap ReadMap(int depth)
    {
        var start = _parser.Consume<MappingStart>().Start;
        var entries = new List<(YamlScalar Name, YamlNode Value)>();
        var merged = new List<(YamlScalar Name, YamlNode Value)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var name = ReadNode(depth + 1) as YamlScalar
                ?? throw new YamlException(start, start, "The names of this mapping must be text.");
            var value = ReadNode(depth + 1);
            if (name is { IsPlain: true, Value: MergeName })
            {
                Merge(value, merged);
            }
            else if (entries.Find(entry => entry.Name.Value == name.Value).Name is { } first)
            {
                _faults.Add(new ConfigurationFault("", $"'{name.Value}' stands there already, on line {first.Line}.", name.Line, name.Column));
            }
            else
            {
                entries.Add((name, value));
            }
        }

        entries.AddRange(merged.DistinctBy(entry => entry.Name.Value).Where(entry => entries.TrueForAll(own => own.Name.Value != entry.Name.Value)));
        return Count(new YamlMap(entries, (int)start.Line, (int)start.Column), 1);
    }

    /// <summary><c>&lt;&lt;: *other</c>: what the other has and this has not.</summary>
    private void Merge(YamlNode value, List<(YamlScalar Name, YamlNode Value)> merged)
    {
        foreach (var source in value is YamlList list ? list.Items : [value])
        {
            if (source is YamlMap map)
            {
                Count(map, map.Size);
                merged.AddRange(map.Entries);
            }
            else
            {
                _faults.Add(new ConfigurationFault("", "What is merged must be a mapping.", source.Line, source.Column));
            }
        }
    }

    private T Count<T>(T node, int size)
        where T : YamlNode
    {
        _size += size;
        return _size <= MaxSize
            ? node
            : throw new YamlException(new Mark(0, node.Line, node.Column), new Mark(0, node.Line, node.Column), $"With its aliases it has more than {MaxSize} parts.");
    }
}
