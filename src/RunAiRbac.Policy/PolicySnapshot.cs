using System.Diagnostics.CodeAnalysis;

namespace RunAiRbac.Policy;

/// <summary>
/// Everything one tenant's decisions depend on, at one revision: immutable, safe to read from any thread. <see cref="Apply"/> gives the next one,
/// which shares all that did not change. Time is always an argument: UTC microseconds since 1970.
/// </summary>
public sealed class PolicySnapshot
{
    internal PolicySnapshot(Catalogue catalogue, long revision) => (Catalogue, Revision) = (catalogue, revision);

    /// <summary>The numbering of resource types and actions.</summary>
    public Catalogue Catalogue { get; }

    /// <summary>The tenant's revision that this is the state of.</summary>
    public long Revision { get; }

    /// <summary>Builds a snapshot from nothing; time proportional to the facts.</summary>
    /// <exception cref="ArgumentException">The facts contradict themselves (a rule without its subject, a cycle of scopes, more than 16 levels …).</exception>
    public static PolicySnapshot Build(Catalogue catalogue, PolicyFacts facts) => throw new NotImplementedException();

    /// <summary>The snapshot after these changes; this one stays as it is. Time proportional to what changes, not to what is there.</summary>
    /// <exception cref="ArgumentException">A change contradicts the state; nothing is half-applied, the caller reloads.</exception>
    public PolicySnapshot Apply(long revision, IReadOnlyList<PolicyChange> changes) => throw new NotImplementedException();

    /// <summary>Fills in each change's <c>Before</c> from this snapshot (the state before all of them).</summary>
    public IReadOnlyList<PolicyChange> WithBefore(IReadOnlyList<PolicyChange> changes) => throw new NotImplementedException();

    /// <summary>Resolves a living subject of that kind by id, else by key (a user's canonical e-mail, an application's client id, a group's name). Allocates nothing.</summary>
    public SubjectRef FindSubject(SubjectKind kind, string idOrKey) => throw new NotImplementedException();

    /// <summary>Resolves a living subject of any kind by its id.</summary>
    public SubjectRef FindSubject(string id) => throw new NotImplementedException();

    /// <summary>The subject of <see cref="SubjectKind.AllAuthenticated"/>; unknown when the facts had none.</summary>
    public SubjectRef AllAuthenticated => throw new NotImplementedException();

    /// <summary>Resolves a living scope by type and id; a scope of another type is unknown. Allocates nothing.</summary>
    public ScopeRef FindScope(string type, string id) => throw new NotImplementedException();

    /// <summary>Resolves a living scope by id alone.</summary>
    public ScopeRef FindScope(string id) => throw new NotImplementedException();

    /// <summary>The attributes of a known subject.</summary>
    public SubjectFact Subject(SubjectRef subject) => throw new NotImplementedException();

    /// <summary>The attributes of a known scope.</summary>
    public ScopeFact Scope(ScopeRef scope) => throw new NotImplementedException();

    /// <summary>The parent of a known scope; unknown for a root.</summary>
    public ScopeRef Parent(ScopeRef scope) => throw new NotImplementedException();

    /// <summary>The scopes directly below a known scope, in any order.</summary>
    public IEnumerable<ScopeRef> Children(ScopeRef scope) => throw new NotImplementedException();

    /// <summary>A known scope and everything below it, parents before children.</summary>
    public IEnumerable<ScopeRef> Subtree(ScopeRef scope) => throw new NotImplementedException();

    /// <summary>Whether <paramref name="scope"/> is <paramref name="ancestor"/> or lies below it.</summary>
    public bool IsWithin(ScopeRef scope, ScopeRef ancestor) => throw new NotImplementedException();

    /// <summary>The path from the root down to a known scope, itself included.</summary>
    public IReadOnlyList<ScopeRef> Path(ScopeRef scope) => throw new NotImplementedException();

    /// <summary>All roles by id.</summary>
    public IReadOnlyList<RoleFact> Roles => throw new NotImplementedException();

    /// <summary>A role by id.</summary>
    public bool TryGetRole(int id, [NotNullWhen(true)] out RoleFact? role) => throw new NotImplementedException();

    /// <summary>A living rule by id, whether or not it is active.</summary>
    public bool TryGetRule(int id, [NotNullWhen(true)] out Rule? rule) => throw new NotImplementedException();

    /// <summary>The living rule of this subject, role and scope with the latest end, whether or not it is active.</summary>
    public Rule? FindRule(SubjectRef subject, int roleId, ScopeRef scope) => throw new NotImplementedException();

    /// <summary>Number of living rules.</summary>
    public int RuleCount => throw new NotImplementedException();

    /// <summary>The living rules written on this subject itself, in any order.</summary>
    public IEnumerable<Rule> RulesOf(SubjectRef subject) => throw new NotImplementedException();

    /// <summary>The living rules written at this very scope, in any order.</summary>
    public IEnumerable<Rule> RulesAt(ScopeRef scope) => throw new NotImplementedException();

    /// <summary>The groups of a user with the end of each membership (<see cref="long.MaxValue"/>: none), ended ones included.</summary>
    public IEnumerable<(SubjectRef Group, long ValidUntil)> GroupsOf(SubjectRef user) => throw new NotImplementedException();

    /// <summary>The users of a group with the end of each membership (<see cref="long.MaxValue"/>: none), ended ones included.</summary>
    public IEnumerable<(SubjectRef User, long ValidUntil)> MembersOf(SubjectRef group) => throw new NotImplementedException();

    /// <summary>The rule as a sentence: <c>Application ci-bot is a L1 researcher in Project my-project</c>.</summary>
    public string Sentence(Rule rule) => throw new NotImplementedException();

    /// <summary>
    /// Whether a token of this subject, session epoch and session is still good: the subject is living and enabled, the epoch equal, the session not ended.
    /// Allocates nothing.
    /// </summary>
    public bool IsSessionLive(string subjectId, int sessionEpoch, string sessionId) => throw new NotImplementedException();

    /// <summary>Decides one check. Total: anything unknown is a deny with its reason. Allocates nothing; the cost does not depend on the number of rules.</summary>
    /// <param name="subject">The subject, possibly unknown.</param>
    /// <param name="resourceType">The catalogue's index, or -1.</param>
    /// <param name="action">The catalogue's index, or -1.</param>
    /// <param name="scope">The scope, possibly unknown.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    public Decision Check(SubjectRef subject, int resourceType, int action, ScopeRef scope, long now) => throw new NotImplementedException();

    /// <summary>As <see cref="Check(SubjectRef, int, int, ScopeRef, long)"/>, with these groups standing in for a user's stored memberships; unknown ones count for nothing.</summary>
    public Decision Check(SubjectRef subject, ReadOnlySpan<SubjectRef> groups, int resourceType, int action, ScopeRef scope, long now) => throw new NotImplementedException();

    /// <summary>Explains one check. <paramref name="groups"/>, when not null, stands in for a user's stored memberships.</summary>
    public Explanation Explain(SubjectRef subject, IReadOnlyList<SubjectRef>? groups, int resourceType, int action, ScopeRef scope, long now) => throw new NotImplementedException();

    /// <summary>
    /// Everybody who may do this in this scope: complete, by kind (user, group, application, all authenticated) and then by subject id, so that a
    /// reader can go on after the last one seen. Members of groups are listed as users of their own; disabled subjects are not.
    /// </summary>
    public IReadOnlyList<WhoCanEntry> WhoCan(int resourceType, int action, ScopeRef scope, long now) => throw new NotImplementedException();

    /// <summary>
    /// What a subject may do and where, the highest scopes only (an action that already holds above is left out below): by scope path depth, scope id, resource type.
    /// Empty for an unknown or disabled subject.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="groups">When not null, stands in for a user's stored memberships.</param>
    /// <param name="resourceType">Only this resource type; null: all.</param>
    /// <param name="action">Only this action; null: all.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    public IReadOnlyList<WhatCanEntry> WhatCan(SubjectRef subject, IReadOnlyList<SubjectRef>? groups, int? resourceType, int? action, long now) => throw new NotImplementedException();

    /// <summary>The highest scopes where the subject may do this, by scope id; empty when nowhere.</summary>
    public IReadOnlyList<ScopeRef> PermittedScopes(SubjectRef subject, int resourceType, int action, long now) => throw new NotImplementedException();

    /// <summary>
    /// The no-escalation law for one rule: which permissions of the role the actor cannot hand out at the scope until that moment. The actor hands out
    /// what it holds now through active rules (and memberships) that last at least as long, at the scope or above it. Disabled roles count as enabled on
    /// the side of what is handed out. Empty: it may. An unknown or disabled actor lacks everything.
    /// </summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="role">The role handed out.</param>
    /// <param name="scope">Where.</param>
    /// <param name="until">Until when (<see cref="long.MaxValue"/>: for ever), UTC microseconds since 1970.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    public IReadOnlyList<Lacking> LackingToGrant(SubjectRef actor, RoleFact role, ScopeRef scope, long until, long now) => throw new NotImplementedException();

    /// <summary>
    /// The no-escalation law for a change to a user or application: as <see cref="LackingToGrant"/> for every rule of the target that has not expired, its
    /// own and, until each membership ends, those of its groups; future rules count, and so they do when the target is disabled. Rules of all authenticated
    /// do not count: everybody has them.
    /// </summary>
    public IReadOnlyList<Lacking> LackingToChange(SubjectRef actor, SubjectRef target, long now) => throw new NotImplementedException();

    /// <summary>The no-escalation law for adding somebody to a group until that moment: the group's rules that have not expired.</summary>
    public IReadOnlyList<Lacking> LackingToAddTo(SubjectRef actor, SubjectRef group, long until, long now) => throw new NotImplementedException();

    /// <summary>
    /// Number of enabled users with a password that have an active rule of their own with role 1 (System administrator) at the tenant's root and without an end:
    /// the last-administrator rule wants at least one.
    /// </summary>
    public int LocalAdministrators(long now) => throw new NotImplementedException();
}
