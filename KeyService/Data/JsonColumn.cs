using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KeyService.Data;

/// <summary>A list as JSON in a text column, the same in both databases; it is replaced whole, and never searched.</summary>
internal static class JsonColumn
{
    public static PropertyBuilder<T> HasJsonConversion<T>(this PropertyBuilder<T> property) => property.HasConversion(
        new ValueConverter<T, string>(value => ToText(value), text => FromText<T>(text)),
        new ValueComparer<T>(
            (left, right) => ToText(left) == ToText(right),
            value => StringComparer.Ordinal.GetHashCode(ToText(value)),
            value => value));

    private static string ToText<T>(T value) => JsonSerializer.Serialize(value);

    private static T FromText<T>(string text) => JsonSerializer.Deserialize<T>(text)!;
}
