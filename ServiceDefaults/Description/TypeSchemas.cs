using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace ServiceDefaults.Description;

/// <summary>The JSON schemas of what endpoints answer: each of our types is a component, and stands for itself wherever it is used.</summary>
internal sealed class TypeSchemas(JsonSerializerOptions options, XmlComments comments)
{
    public const string Root = "#/components/schemas/";

    private readonly SortedDictionary<string, JsonNode> _components = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal);

    public JsonObject Components => new(_components.Select(component => KeyValuePair.Create(component.Key, (JsonNode?)component.Value.DeepClone())));

    public JsonNode Use(Type type)
    {
        if (!IsOurs(type))
        {
            return Export(type);
        }

        var name = NameOf(type);
        if (_types.TryAdd(name, type))
        {
            _components[name] = Export(type);
        }
        else if (_types[name] != type)
        {
            throw new InvalidOperationException($"{type} and {_types[name]} would both be '{name}' in the description of the API.");
        }

        return new JsonObject { ["$ref"] = Root + name };
    }

    /// <summary>Our own records; lists and values of the framework stand where they are used.</summary>
    private static bool IsOurs(Type type)
        => type.Namespace is { } space && !space.StartsWith(nameof(System), StringComparison.Ordinal) && !space.StartsWith("Microsoft", StringComparison.Ordinal)
            && (type.IsClass || (type.IsValueType && !type.IsEnum && !type.IsPrimitive));

    /// <summary><c>VirtualKeys.KeyView</c>; <c>Http.PageOfVirtualKeys.KeyView</c>.</summary>
    private static string NameOf(Type type)
    {
        var name = type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Join("And", type.GenericTypeArguments.Select(NameOf))}" : type.Name;
        return $"{type.Namespace!.Split('.')[^1]}.{name}";
    }

    private JsonNode Export(Type type) => options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    });

    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (schema is not JsonObject node)
        {
            // "true": whatever it is.
            node = [];
        }

        if (!context.Path.IsEmpty && IsOurs(type) && node.ContainsKey("properties"))
        {
            var isNullable = node["type"] is JsonArray;
            var reference = Use(type);
            node = isNullable ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : (JsonObject)reference;
        }

        var text = context.PropertyInfo?.AttributeProvider is PropertyInfo property ? comments.Of(property) : context.Path.IsEmpty ? comments.Of(type) : null;
        if (text is not null)
        {
            node["description"] = text;
        }

        return node;
    }
}
