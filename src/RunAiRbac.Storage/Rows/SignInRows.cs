namespace RunAiRbac.Storage;

public static class CredentialKinds
{
    public const string Password = "password";
    public const string Secret = "secret";

    /// <summary>A user's access key: its <see cref="CredentialRow.Id"/> is the key's id and client id, its <see cref="CredentialRow.Label"/> the name.</summary>
    public const string AccessKey = "access-key";
}

public sealed class CredentialRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public required string SubjectId { get; set; }

    /// <summary>One of <see cref="CredentialKinds"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>Never the secret itself: a password's salted hash with its parameters, a secret's SHA-256.</summary>
    public required string Hash { get; set; }
    public string? Label { get; set; }

    /// <summary>A temporary password that is good only for choosing another.</summary>
    public bool MustChange { get; set; }
    public long CreatedAt { get; set; }
    public long? ExpiresAt { get; set; }
    public long? LastUsedAt { get; set; }
    public long? DeletedAt { get; set; }
}

/// <summary>A sign-in: one refresh family.</summary>
public sealed class SessionRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public required string SubjectId { get; set; }
    public required string Grant { get; set; }
    public string? ClientId { get; set; }

    /// <summary>The SHA-256 of the one refresh token that is good now; null: none.</summary>
    public string? RefreshHash { get; set; }
    public long CreatedAt { get; set; }
    public long LastUsedAt { get; set; }

    /// <summary>No access or refresh token of it is good from then on.</summary>
    public long ExpiresAt { get; set; }
    public long? EndedAt { get; set; }

    /// <summary>The access key it was begun with; null: something else.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>The SHA-256 of its browser cookie; null: no browser's session.</summary>
    public string? CookieHash { get; set; }

    /// <summary>The row of the identity provider that vouched for its subject: it ends with it. Null: a local sign-in.</summary>
    public string? ProviderId { get; set; }

    /// <summary>What signing out at the provider needs, sealed by Data Protection.</summary>
    public string? SignOutHint { get; set; }

    /// <summary>What the browser calls itself.</summary>
    public string? UserAgent { get; set; }

    /// <summary>A browser's session that is good only for choosing another password; null: no.</summary>
    public bool? MustChangePassword { get; set; }
}

/// <summary>A sign-in at a provider that has been begun and not finished. It is taken once.</summary>
public sealed class SignInAttemptRow
{
    public int TenantId { get; set; }

    /// <summary>The SHA-256 of the handle that the provider gives back.</summary>
    public required string HandleHash { get; set; }

    /// <summary>The SHA-256 of the cookie of the browser that began it.</summary>
    public required string BrowserHash { get; set; }
    public required string ProviderId { get; set; }

    /// <summary>The rest of the attempt as JSON, sealed by Data Protection.</summary>
    public required string Secrets { get; set; }
    public long ExpiresAt { get; set; }
}

/// <summary>An authorization code of a program on a person's own machine. Used ones stay for a while, so that a second use is seen.</summary>
public sealed class AuthorizationCodeRow
{
    public int TenantId { get; set; }
    public required string CodeHash { get; set; }
    public required string SubjectId { get; set; }
    public int SessionEpoch { get; set; }

    /// <summary>The browser's session in which it was given.</summary>
    public required string BrowserSessionId { get; set; }
    public string? ProviderId { get; set; }
    public required string ClientId { get; set; }
    public required string RedirectUri { get; set; }

    /// <summary>PKCE, S256.</summary>
    public required string CodeChallenge { get; set; }
    public long ExpiresAt { get; set; }

    /// <summary>The session that its use made; null: not used.</summary>
    public string? SessionId { get; set; }

    /// <summary>When it was presented again.</summary>
    public long? ReplayedAt { get; set; }
}
