using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new local user.</summary>
public sealed record UserCreation
{
    /// <summary>The e-mail address: ASCII, at most 254 characters. Compared and kept in its canonical form (lower case).</summary>
    public string? Email { get; init; }

    /// <summary>Whether the temporary password is good only for choosing another. Absent: no.</summary>
    public bool? ResetPassword { get; init; }

    /// <summary>Accepted for compatibility and ignored: no mail is sent.</summary>
    public bool? Notify { get; init; }

    /// <summary>The given name; at most 256 characters.</summary>
    public string? FirstName { get; init; }

    /// <summary>The family name; at most 256 characters.</summary>
    public string? LastName { get; init; }

    /// <summary>The type of the home scope, whose administrators manage the user: <c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string? ScopeType { get; init; }

    /// <summary>The home scope's id. Absent: the tenant, or the only scope where the caller may create users.</summary>
    public string? ScopeId { get; init; }
}

/// <summary>A user just created.</summary>
public sealed record UserCreated
{
    /// <summary>The user's id; it never changes.</summary>
    public required string Id { get; init; }

    /// <summary>The e-mail address.</summary>
    public required string Username { get; init; }

    /// <summary>The temporary password, shown this once.</summary>
    public required string TempPassword { get; init; }

    /// <summary>The consistency token of the revision that made it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(UserCreated)} {{ Id = {Id}, Username = {Username} }}";
}

/// <summary>A user.</summary>
public sealed record User
{
    /// <summary>The user's id; it never changes.</summary>
    public required string Id { get; init; }

    /// <summary>The e-mail address.</summary>
    public required string Username { get; init; }

    /// <summary>Who created it, by the name of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The last sign-in; null: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>A local user (true) or one of an identity provider (false); null while <see cref="Pending"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool? IsLocal { get; init; }

    /// <summary>The names of the groups it is in now.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Who says so: one entry for each group and source. Only where this one user was asked for.</summary>
    public IReadOnlyList<UserMembership>? Memberships { get; init; }

    /// <summary>A disabled user is denied everything and cannot sign in.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Known by e-mail only, because a rule names it: nobody has signed in as it or created it yet.</summary>
    public required bool Pending { get; init; }

    /// <summary>The given name.</summary>
    public string? FirstName { get; init; }

    /// <summary>The family name.</summary>
    public string? LastName { get; init; }

    /// <summary>The type of the home scope, whose administrators manage the user.</summary>
    public required string ScopeType { get; init; }

    /// <summary>The home scope's id.</summary>
    public required string ScopeId { get; init; }

    /// <summary>The consistency token of the revision it was read at.</summary>
    public required string Revision { get; init; }
}

/// <summary>That a user is in a group, as one source says.</summary>
public sealed record UserMembership
{
    /// <summary>The group's name.</summary>
    public required string Group { get; init; }

    /// <summary><c>directory</c>: written by hand; else the alias of the identity provider that said so.</summary>
    public required string Source { get; init; }

    /// <summary>When the source said so.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The first moment at which it no longer counts, unless the source says it again before; null: it has no end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether it counts for rules now: it has not ended by time, and the source's groups are trusted.</summary>
    public required bool Counts { get; init; }
}

/// <summary>A change to a user.</summary>
public sealed record UserPatch
{
    /// <summary>Whether the user may sign in and do anything. Disabling ends its sessions at once. Required.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>A reset password.</summary>
public sealed record UserPassword
{
    /// <summary>The new temporary password, shown this once.</summary>
    public required string TempPassword { get; init; }

    /// <summary>The consistency token of the revision that set it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(UserPassword)} {{ Revision = {Revision} }}";
}
