using System.Text.Json.Serialization;

namespace KeyService.Admins;

/// <summary>An administrator as the admin API shows it.</summary>
internal sealed record AdminView
{
    /// <summary>The token: in the answer to its making, and in no other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>owner, admin, viewer or project.</summary>
    public required string Role { get; init; }

    public required Guid? ProjectId { get; init; }

    /// <summary>bootstrap, token or oidc.</summary>
    public required string Source { get; init; }

    public required string? TokenPrefix { get; init; }

    /// <summary>active, disabled, expired or revoked.</summary>
    public required string Status { get; init; }

    public required bool Enabled { get; init; }

    public required DateTime? ExpiresAt { get; init; }

    public required DateTime? LastUsedAt { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public static AdminView From(Admin admin, DateTime utcNow) => new()
    {
        Id = admin.Id,
        Name = admin.Name,
        Role = admin.Role.ToString().ToLowerInvariant(),
        ProjectId = admin.ProjectId,
        Source = admin.Source.ToString().ToLowerInvariant(),
        TokenPrefix = admin.TokenPrefix,
        Status = admin.RevokedAt is not null ? "revoked" : !admin.Enabled ? "disabled" : admin.IsActive(utcNow) ? "active" : "expired",
        Enabled = admin.Enabled,
        ExpiresAt = admin.ExpiresAt,
        LastUsedAt = admin.LastUsedAt,
        CreatedAt = admin.CreatedAt,
        UpdatedAt = admin.UpdatedAt,
    };
}
