namespace RunAiRbac.Policy;

/// <summary>What a subject is. The numbers are stored: they never change their meaning.</summary>
public enum SubjectKind : byte
{
    /// <summary>A person, known by e-mail address.</summary>
    User = 1,

    /// <summary>A group, known by its name.</summary>
    Group = 2,

    /// <summary>An application (service account), known by its client id, which is its name.</summary>
    Application = 3,

    /// <summary>The built-in subject of which every user and every application is a part. One per tenant.</summary>
    AllAuthenticated = 4,
}

/// <summary>A node of the scope tree.</summary>
/// <param name="Id">Unique among the tenant's scopes, also across types; compared ordinally.</param>
/// <param name="Type"><c>tenant</c>, <c>cluster</c>, <c>department</c>, <c>project</c> or <c>system</c>; data, not a closed list.</param>
/// <param name="ParentId">The parent's id; null for a root (<c>tenant</c> and <c>system</c>).</param>
/// <param name="Name">The name shown to people.</param>
public sealed record ScopeFact(string Id, string Type, string? ParentId, string Name);

/// <summary>A subject that rules can name.</summary>
/// <param name="Id">Immutable and never used again in the tenant.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Key">What it is addressed by besides its id, unique in its kind among the living: a user's canonical e-mail, an application's client id, a group's name.</param>
/// <param name="Name">The name shown to people.</param>
/// <param name="Enabled">A disabled subject is denied everything. Always true for groups.</param>
/// <param name="SessionEpoch">Tokens of another epoch are dead.</param>
/// <param name="HomeScopeId">The scope whose administrators manage it; null is the tenant, and so is a scope that does not live.</param>
/// <param name="HasPassword">Whether it is a local user that can sign in with a password (the last-administrator rule asks).</param>
public sealed record SubjectFact(
    string Id, SubjectKind Kind, string Key, string Name, bool Enabled = true, int SessionEpoch = 0, string? HomeScopeId = null, bool HasPassword = false);

/// <summary>A user's part in a group that counts (of a trusted source; the longest, when several sources say it).</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="GroupId">The group's id.</param>
/// <param name="ValidUntil">The first moment at which it no longer holds, in UTC microseconds since 1970; null: it does not end.</param>
public sealed record MembershipFact(string UserId, string GroupId, long? ValidUntil = null);

/// <summary>An access rule: the subject is a role in a scope.</summary>
/// <param name="Id">Unique in the tenant, never used again.</param>
/// <param name="SubjectId">The subject's id.</param>
/// <param name="RoleId">The role's id.</param>
/// <param name="ScopeId">The scope's id.</param>
/// <param name="NotBefore">The first moment at which it holds, in UTC microseconds since 1970; null: at once.</param>
/// <param name="ExpiresAt">The first moment at which it no longer holds, in UTC microseconds since 1970; null: it does not end.</param>
public sealed record RuleFact(int Id, string SubjectId, int RoleId, string ScopeId, long? NotBefore = null, long? ExpiresAt = null);

/// <summary>A role: a named set of permissions.</summary>
/// <param name="Id">Predefined below 100,000, custom from there on.</param>
/// <param name="Name">The name, byte-exact.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Enabled">Rules of a disabled role grant nothing.</param>
/// <param name="Permissions">What it holds. Pairs that the catalogue does not know are ignored by decisions.</param>
public sealed record RoleFact(int Id, string Name, string Description, bool Enabled, IReadOnlyList<Permission> Permissions);

/// <summary>Actions on one resource type.</summary>
/// <param name="ResourceType">The resource type's name.</param>
/// <param name="Actions">The actions' names.</param>
public sealed record Permission(string ResourceType, IReadOnlyList<string> Actions);

/// <summary>Everything the engine knows of one tenant at one revision: what a snapshot is built from.</summary>
/// <param name="Revision">The tenant's revision.</param>
/// <param name="Roles">All roles, disabled ones too.</param>
/// <param name="Scopes">All living scopes, in any order.</param>
/// <param name="Subjects">All living subjects; best the groups first: they are what checks read most, and so they lie side by side.</param>
/// <param name="Memberships">All living memberships that count.</param>
/// <param name="Rules">All living rules, future and expired ones too. A rule whose subject, role or scope is missing is an <see cref="ArgumentException"/>.</param>
/// <param name="EndedSessions">Ids of ended sessions whose tokens may not have expired yet.</param>
public sealed record PolicyFacts(
    long Revision,
    IEnumerable<RoleFact> Roles,
    IEnumerable<ScopeFact> Scopes,
    IEnumerable<SubjectFact> Subjects,
    IEnumerable<MembershipFact> Memberships,
    IEnumerable<RuleFact> Rules,
    IEnumerable<EndedSession> EndedSessions);

/// <summary>A session whose tokens are dead.</summary>
/// <param name="SessionId">The session's id (the token's <c>sid</c>).</param>
/// <param name="ForgetAfter">
/// From this moment on (UTC microseconds since 1970) no token of it can be valid, so it need not be remembered. It must lie less than a week after the moment of
/// ending: the engine, which has no clock, forgets a session when it hears of another whose moment is in the next week but one or later.
/// </param>
public sealed record EndedSession(string SessionId, long ForgetAfter);
