namespace ServiceDefaults.Operations;

/// <summary>A text in the settings that is no secret: administrators may read it. Texts without this are never shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlainTextAttribute : Attribute;
