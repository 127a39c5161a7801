using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>
/// Everything one tenant's decisions depend on, at one revision: immutable, safe to read from any thread. <see cref="Apply"/> gives the next one,
/// which shares all that did not change. Time is always an argument: UTC microseconds since 1970.
/// </summary>
public sealed partial class PolicySnapshot
{
    private readonly PolicyState _state;
    private readonly int _resourceTypeCount;
    private readonly int _actionCount;

    // The subject of all authenticated, when rules are written on it.
    private readonly SubjectRecord? _everybody;

    private PolicySnapshot(long revision, in PolicyState state)
    {
        Revision = revision;
        _state = state;
        _resourceTypeCount = state.Catalogue.ResourceTypes.Length;
        _actionCount = state.Catalogue.Actions.Length;
        if (state.Subjects[state.AllAuthenticated] is { Rules.IsEmpty: false } everybody) _everybody = everybody;
    }

    /// <summary>The numbering of resource types and actions.</summary>
    public Catalogue Catalogue => _state.Catalogue;

    /// <summary>The tenant's revision that this is the state of.</summary>
    public long Revision { get; }

    /// <summary>Builds a snapshot from nothing; time proportional to the facts.</summary>
    /// <exception cref="ArgumentException">The facts contradict themselves (a rule without its subject, a cycle of scopes, more than 16 levels …).</exception>
    public static PolicySnapshot Build(Catalogue catalogue, PolicyFacts facts) => Build(catalogue, facts, RuleTable.DefaultLimit);

    /// <summary>As <see cref="Build(Catalogue, PolicyFacts)"/>, with another limit of the small form of a subject's rules.</summary>
    internal static PolicySnapshot Build(Catalogue catalogue, PolicyFacts facts, int smallTableLimit)
        => new(facts.Revision, StateBuilder.Build(catalogue, facts, smallTableLimit));

    /// <summary>The snapshot after these changes; this one stays as it is. Time proportional to what changes, not to what is there.</summary>
    /// <exception cref="ArgumentException">A change contradicts the state; nothing is half-applied, the caller reloads.</exception>
    public PolicySnapshot Apply(long revision, IReadOnlyList<PolicyChange> changes)
    {
        if (revision < Revision) throw new ArgumentException($"Revision {revision} lies before {Revision}.", nameof(revision));
        var draft = new Draft(_state);
        foreach (var change in changes) draft.Apply(change);
        return new PolicySnapshot(revision, draft.State);
    }

    /// <summary>Fills in each change's <c>Before</c> from this snapshot (the state before all of them).</summary>
    public IReadOnlyList<PolicyChange> WithBefore(IReadOnlyList<PolicyChange> changes) => [.. changes.Select(WithBefore)];

    private PolicyChange WithBefore(PolicyChange change) => change switch
    {
        RolePut put => put with { Before = TryGetRole(put.Role.Id, out var role) ? role : null },
        ScopePut put => put with { Before = ScopeOrNull(put.Scope.Id) },
        ScopeEnd end => end with { Before = ScopeOrNull(end.Id) },
        SubjectPut put => put with { Before = SubjectOrNull(put.Subject.Id) },
        SubjectEnd end => end with { Before = SubjectOrNull(end.Id) },
        MembershipPut put => put with { Before = MembershipOrNull(put.Membership.UserId, put.Membership.GroupId) },
        MembershipEnd end => end with { Before = MembershipOrNull(end.UserId, end.GroupId) },
        RuleEnd end => end with { Before = TryGetRule(end.Id, out var rule) ? FactOf(rule) : null },
        _ => change,
    };

    private ScopeFact? ScopeOrNull(string id) => FindScope(id) is { IsKnown: true } scope ? Scope(scope) : null;

    private SubjectFact? SubjectOrNull(string id) => FindSubject(id) is { IsKnown: true } subject ? Subject(subject) : null;

    private MembershipFact? MembershipOrNull(string userId, string groupId)
    {
        var (user, group) = (FindSubject(userId), FindSubject(groupId));
        if (!user.IsKnown || !group.IsKnown || !Record(group).Members.Contains(user.Index)) return null;
        var end = Record(user).EndIn(group.Index);
        return new MembershipFact(userId, groupId, end == long.MaxValue ? null : end);
    }

    private RuleFact FactOf(Rule rule) => new(
        rule.Id,
        Record(rule.Subject).Names.Id,
        rule.RoleId,
        Place(rule.Scope).Names.Id,
        rule.NotBefore == long.MinValue ? null : rule.NotBefore,
        rule.ExpiresAt == long.MaxValue ? null : rule.ExpiresAt);

    private SubjectRecord Record(SubjectRef subject)
        => _state.Subjects[subject.Index] ?? throw new ArgumentException("The subject is not of this snapshot.", nameof(subject));

    private ScopeRecord Place(ScopeRef scope)
        => _state.Scopes[scope.Index] ?? throw new ArgumentException("The scope is not of this snapshot.", nameof(scope));
}
