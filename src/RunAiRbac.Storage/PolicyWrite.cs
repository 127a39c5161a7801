using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Values of a new rule.</summary>
public sealed record NewRule(SubjectRef Subject, int RoleId, ScopeRef Scope, long? NotBefore, long? ExpiresAt, string? Reason);

/// <summary>
/// One policy write in progress. Its operations change the rows and record the change-log entries together, so that the two cannot drift apart. They
/// do not judge permissions or the no-escalation law: the caller does, on <see cref="Before"/> (its own rights) and <see cref="After"/>.
/// </summary>
public sealed class PolicyWrite
{
    public int TenantId => throw new NotImplementedException();
    public Actor Actor => throw new NotImplementedException();

    /// <summary>The transaction's context; rows changed by hand here need a matching <see cref="Record"/>.</summary>
    public RunAiRbacDbContext Db => throw new NotImplementedException();

    /// <summary>This write's revision.</summary>
    public long Revision => throw new NotImplementedException();

    /// <summary>The moment of the write, UTC microseconds since 1970.</summary>
    public long Now => throw new NotImplementedException();

    /// <summary>The state before this write: what the caller's rights are judged on.</summary>
    public PolicySnapshot Before => throw new NotImplementedException();

    /// <summary>The state with everything recorded so far; resolve subjects and scopes made in this write here.</summary>
    public PolicySnapshot After => throw new NotImplementedException();

    /// <summary>Adds changes to this revision's entry.</summary>
    public void Record(params ReadOnlySpan<PolicyChange> changes) => throw new NotImplementedException();

    // --- scopes ---

    /// <summary>Adds a scope. The row's Made/Created fields are set here.</summary>
    public void AddScope(ScopeRow row) => throw new NotImplementedException();

    /// <summary>Whether a living scope of this type has this name within the name scope (cluster id or empty).</summary>
    public Task<bool> ScopeNameExistsAsync(string type, string nameScope, string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Whether a living project of the cluster has this namespace.</summary>
    public Task<bool> NamespaceExistsAsync(string clusterId, string @namespace, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The living row of a scope, tracked; null: none.</summary>
    public Task<ScopeRow?> FindScopeAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Renames a scope (row tracked by <see cref="FindScopeAsync"/>); other columns may be changed on the row directly, followed by <see cref="TouchScope"/>.</summary>
    public void RenameScope(ScopeRow row, string name) => throw new NotImplementedException();

    /// <summary>Marks changed details of a scope: sets the Updated fields and records a <see cref="ScopePut"/>.</summary>
    public void TouchScope(ScopeRow row) => throw new NotImplementedException();

    /// <summary>Ends a scope, everything below it and the rules there, in rows and as one change.</summary>
    public Task EndScopeAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    // --- subjects ---

    /// <summary>Adds a subject; id, folded name and Made/Created fields are set here. Returns its ref in <see cref="After"/>.</summary>
    public SubjectRef AddSubject(SubjectRow row) => throw new NotImplementedException();

    /// <summary>The user of this canonical e-mail, made pending when there is none.</summary>
    public SubjectRef EnsureUser(string canonicalEmail, string name) => throw new NotImplementedException();

    /// <summary>The group of this name, made when there is none.</summary>
    public SubjectRef EnsureGroup(string name) => throw new NotImplementedException();

    /// <summary>The living row of a subject, tracked; null: none.</summary>
    public Task<SubjectRow?> FindSubjectAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>After changing a tracked row (enabled, session epoch, names, pending …): sets UpdatedAt and records a <see cref="SubjectPut"/>.</summary>
    public Task TouchSubjectAsync(SubjectRow row, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends a subject with its rules, memberships, credentials, identities and sessions, in rows and as one change.</summary>
    public Task EndSubjectAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Replaces a user's memberships of one source by these group names (groups made when unknown). Only real differences are recorded.</summary>
    public Task SetGroupsAsync(string userId, string source, IReadOnlyCollection<string> groupNames, CancellationToken cancellationToken) => throw new NotImplementedException();

    // --- credentials and sessions ---

    /// <summary>Adds a credential. A subject change (<c>HasPassword</c>) is recorded by the <see cref="TouchSubjectAsync"/> that must follow.</summary>
    public CredentialRow AddCredential(string subjectId, string kind, string hash, long? expiresAt = null, bool mustChange = false, string? label = null) => throw new NotImplementedException();

    /// <summary>The living credentials of a subject, tracked, oldest first (expired ones included).</summary>
    public Task<List<CredentialRow>> CredentialsAsync(string subjectId, string kind, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends a session, in its row and as a change.</summary>
    public Task EndSessionAsync(string sessionId, CancellationToken cancellationToken) => throw new NotImplementedException();

    // --- rules ---

    /// <summary>
    /// Adds a rule. When one that has not expired stands for the same subject, role and scope, nothing is added and its id is given; an expired one is
    /// ended in the same step.
    /// </summary>
    public Task<(AccessRuleRow? Row, int? ExistingId)> AddRuleAsync(NewRule rule, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends a living rule. False: no such rule.</summary>
    public Task<bool> EndRuleAsync(int id, CancellationToken cancellationToken) => throw new NotImplementedException();
}
