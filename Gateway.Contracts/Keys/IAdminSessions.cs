namespace Gateway.Contracts.Keys;

/// <summary>Administrators who signed in with a browser.</summary>
public interface IAdminSessions
{
    /// <summary>Null for one who may not sign in, whatever the reason.</summary>
    Task<AdminSession?> SignInAsync(SignIn signIn, CancellationToken cancellationToken);

    /// <summary>Null for a session that there is not, or not any more. The rights are those of now.</summary>
    Task<AdminSession?> FindAsync(string secret, CancellationToken cancellationToken);

    Task SignOutAsync(SignOut signOut, CancellationToken cancellationToken);
}

/// <summary>Either a token, or what an identity provider says.</summary>
public sealed record SignIn(AdminOriginFacts From)
{
    public string? Secret { get; init; }

    public ExternalAdmin? External { get; init; }
}

/// <param name="Secret">Of the session.</param>
public sealed record SignOut(string Secret, AdminOriginFacts From);

/// <summary>Whom an identity provider knows.</summary>
/// <param name="Subject">Who it is there, and where: the same at each sign-in, and nobody else's.</param>
public sealed record ExternalAdmin(string Subject, string Name, AdminRole Role, Guid? ProjectId);

/// <summary>From where somebody signs in or out: for the audit log.</summary>
public sealed record AdminOriginFacts(string? Source, string? Client, string? RequestId);

/// <param name="Secret">In the answer to the sign-in alone.</param>
public sealed record AdminSession(AdminIdentity Admin, DateTime ExpiresAt, string? Secret = null);
