namespace RunAiRbac.Client.Contracts;

/// <summary>The caller.</summary>
/// <param name="Type"><c>user</c> or <c>application</c>.</param>
/// <param name="Id">The subject's id.</param>
/// <param name="Name">A user's e-mail, an application's name.</param>
/// <param name="TenantId">The tenant's id, a decimal string as in scopes.</param>
/// <param name="TenantName">The tenant's name.</param>
/// <param name="HasPassword">Whether it signs in with a password of this service.</param>
/// <param name="MustChangePassword">Whether nothing else is open to this session before the password is changed.</param>
/// <param name="ViaAccessKey">Whether the session was begun with an access key: it cannot manage its user's keys, password and sessions.</param>
public sealed record SignedIn(string Type, string Id, string Name, string TenantId, string TenantName, bool HasPassword, bool MustChangePassword, bool ViaAccessKey);

/// <summary>A new password for the caller.</summary>
public sealed record PasswordChange
{
    /// <summary>The present password.</summary>
    public string? CurrentPassword { get; init; }

    /// <summary>The new one: 12 to 256 characters, no common password, not the caller's name or address, and another one than the present.</summary>
    public string? NewPassword { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => nameof(PasswordChange);
}

/// <summary>The answer to a changed password: empty. The compatible API names these members; passwords are never given back.</summary>
public sealed record PasswordChanged
{
    /// <summary>Always absent.</summary>
    public string? CurrentPassword { get; init; }

    /// <summary>Always absent.</summary>
    public string? NewPassword { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => nameof(PasswordChanged);
}

/// <summary>A sign-in of the caller.</summary>
/// <param name="Id">The session's id (a token's <c>sid</c>).</param>
/// <param name="Grant">How it began.</param>
/// <param name="ClientId">The program that began it.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="LastUsedAt">When it last gave a token; a browser's: when it was last used, to the minute.</param>
/// <param name="ExpiresAt">When it ends, unless it is used.</param>
/// <param name="Current">Whether this request is part of it.</param>
/// <param name="Kind"><c>browser</c> or <c>token</c>.</param>
/// <param name="Provider">The alias of the identity provider that vouched for the caller; absent: a local sign-in.</param>
/// <param name="UserAgent">What the browser calls itself.</param>
public sealed record Session(
    string Id, string Grant, string? ClientId, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, bool Current, string Kind, string? Provider, string? UserAgent);

/// <summary>The caller's living sessions, the newest first.</summary>
/// <param name="Sessions">The sessions.</param>
public sealed record SessionList(IReadOnlyList<Session> Sessions);
