using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using ServiceDefaults.Http;

namespace ServiceDefaults.Description;

/// <summary>What an endpoint takes as its body.</summary>
/// <param name="Schema">Made when it is asked for.</param>
/// <param name="Example">A body that works, or null where there is none that works everywhere.</param>
/// <param name="IsRequired">It makes no sense without one.</param>
/// <param name="ContentType">Of the body.</param>
public sealed record BodyDescription(Func<JsonObject> Schema, JsonNode? Example, bool IsRequired, string ContentType = "application/json");

/// <summary>What an endpoint takes in its query.</summary>
public sealed record QueryDescription(Func<IReadOnlyDictionary<string, JsonObject>> Parameters);

/// <summary>An endpoint that takes nothing but its path.</summary>
public sealed record NoBody;

/// <summary>An answer that is no JSON, or not the one that the handler's type tells of.</summary>
public sealed record AnswerDescription(string ContentType, string Description, JsonObject? Schema = null);

/// <summary>An endpoint that is no part of the API that people see.</summary>
public sealed record NotDescribed;

public static class DescriptionExtensions
{
    /// <param name="endpoint">It reads its body by <paramref name="read"/>.</param>
    /// <param name="read">What the handler calls: its fields are the description.</param>
    /// <param name="example">A test sends it to a running gateway.</param>
    /// <param name="isRequired">Whether the endpoint needs a body at all.</param>
    public static TBuilder WithBody<TBuilder>(
        this TBuilder endpoint, Action<FieldReader> read, [StringSyntax(StringSyntaxAttribute.Json)] string example, bool isRequired = true)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new BodyDescription(() => FieldReader.Describe(read), JsonNode.Parse(example), isRequired));

    public static TBuilder WithBody<TBuilder>(
        this TBuilder endpoint, Func<JsonObject> schema, [StringSyntax(StringSyntaxAttribute.Json)] string example, string contentType = "application/json")
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new BodyDescription(schema, JsonNode.Parse(example), IsRequired: true, contentType));

    public static TBuilder WithoutBody<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new NoBody());

    /// <param name="endpoint">It reads its query by <paramref name="read"/>.</param>
    /// <param name="read">What the handler calls: its parameters are the description.</param>
    public static TBuilder WithQuery<TBuilder>(this TBuilder endpoint, Action<PageQuery> read)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new QueryDescription(() => PageQuery.Describe(read)));

    public static TBuilder WithAnswer<TBuilder>(this TBuilder endpoint, string contentType, string description, JsonObject? schema = null)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new AnswerDescription(contentType, description, schema));

    public static TBuilder WithoutDescription<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new NotDescribed());
}
