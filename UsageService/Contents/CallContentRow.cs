using Gateway.Contracts.Contents;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace UsageService.Contents;

/// <summary>One <see cref="CallContent"/> as it is kept, until it expires.</summary>
internal sealed class CallContentRow
{
    public required Guid CallId { get; init; }

    public required Guid KeyId { get; init; }

    public required Guid ProjectId { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public required string Request { get; init; }

    public string? Answer { get; init; }

    public bool IsCut { get; init; }

    public static CallContentRow From(CallContent content) => new()
    {
        CallId = content.CallId,
        KeyId = content.KeyId,
        ProjectId = content.ProjectId,
        CreatedAt = content.CreatedAt,
        ExpiresAt = content.ExpiresAt,
        Request = Storable(content.Request),
        Answer = content.Answer is null ? null : Storable(content.Answer),
        IsCut = content.IsCut,
    };

    /// <summary>PostgreSQL takes no NUL in a text.</summary>
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');
}

internal sealed class CallContentRowConfiguration : IEntityTypeConfiguration<CallContentRow>
{
    public void Configure(EntityTypeBuilder<CallContentRow> builder)
    {
        builder.ToTable("call_contents");
        builder.HasKey(row => row.CallId);
        builder.Property(row => row.CallId).ValueGeneratedNever();
        builder.HasIndex(row => row.ExpiresAt);
    }
}
