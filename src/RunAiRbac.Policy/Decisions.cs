namespace RunAiRbac.Policy;

/// <summary>A subject of one snapshot; of no use in another. <c>default</c> is a subject that nobody knows.</summary>
public readonly record struct SubjectRef
{
    private readonly int _indexPlusOne;

    internal SubjectRef(int index) => _indexPlusOne = index + 1;

    /// <summary>Whether the snapshot knows it.</summary>
    public bool IsKnown => _indexPlusOne > 0;

    internal int Index => _indexPlusOne - 1;
}

/// <summary>A scope of one snapshot; of no use in another. <c>default</c> is a scope that nobody knows.</summary>
public readonly record struct ScopeRef
{
    private readonly int _indexPlusOne;

    internal ScopeRef(int index) => _indexPlusOne = index + 1;

    /// <summary>Whether the snapshot knows it.</summary>
    public bool IsKnown => _indexPlusOne > 0;

    internal int Index => _indexPlusOne - 1;
}

/// <summary>Why a decision is what it is; in the order in which the reasons apply.</summary>
public enum DecisionReason : byte
{
    /// <summary>The catalogue has no such resource type.</summary>
    UnknownResourceType,

    /// <summary>The catalogue has no such action.</summary>
    UnknownAction,

    /// <summary>No living scope of that type and id.</summary>
    UnknownScope,

    /// <summary>No living subject of that kind and id or name.</summary>
    UnknownSubject,

    /// <summary>The subject is disabled.</summary>
    SubjectDisabled,

    /// <summary>No active rule of one of the subject's principals at the scope or above it holds the permission.</summary>
    NoMatchingRule,

    /// <summary>Allowed.</summary>
    Granted,
}

/// <summary>The answer to one check.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Rule">One of the rules that allow; null when denied.</param>
public readonly record struct Decision(DecisionReason Reason, Rule? Rule)
{
    /// <summary>Whether it is a yes.</summary>
    public bool Allowed => Reason == DecisionReason.Granted;
}

/// <summary>A rule as one snapshot holds it.</summary>
public sealed class Rule
{
    // Most rules have neither beginning nor end, and a million of them should not pay for it.
    private readonly Term? _term;

    private Rule(RuleFact fact, SubjectRef subject, int roleIndex, ScopeRef scope)
    {
        (Id, Subject, RoleId, RoleIndex, Scope) = (fact.Id, subject, fact.RoleId, roleIndex, scope);
        if (fact.NotBefore is not null || fact.ExpiresAt is not null) _term = new Term(fact.NotBefore ?? long.MinValue, fact.ExpiresAt ?? long.MaxValue);
    }

    /// <summary>The rule's id.</summary>
    public int Id { get; }

    /// <summary>Who.</summary>
    public SubjectRef Subject { get; }

    /// <summary>Is what: the role's id.</summary>
    public int RoleId { get; }

    /// <summary>Where.</summary>
    public ScopeRef Scope { get; }

    /// <summary>The first moment at which it holds, UTC microseconds since 1970; <see cref="long.MinValue"/>: always.</summary>
    public long NotBefore => _term?.NotBefore ?? long.MinValue;

    /// <summary>The first moment at which it no longer holds, UTC microseconds since 1970; <see cref="long.MaxValue"/>: never.</summary>
    public long ExpiresAt => _term?.ExpiresAt ?? long.MaxValue;

    /// <summary>The role's index in the snapshot; the same in all snapshots, since roles never end.</summary>
    internal int RoleIndex { get; }

    /// <summary>Whether it holds at that moment (UTC microseconds since 1970), as far as time is concerned.</summary>
    public bool IsActiveAt(long now) => _term is null || (_term.NotBefore <= now && now < _term.ExpiresAt);

    /// <summary>Whether it has neither beginning nor end.</summary>
    internal bool IsTimeless => _term is null;

    internal static Rule From(RuleFact fact, int subject, int roleIndex, int scope) => new(fact, new SubjectRef(subject), roleIndex, new ScopeRef(scope));

    private sealed record Term(long NotBefore, long ExpiresAt);
}

/// <summary>A decision with everything that led to it.</summary>
/// <param name="Decision">The decision, the same as <see cref="PolicySnapshot.Check(SubjectRef, int, int, ScopeRef, long)"/> gives.</param>
/// <param name="Principals">The subject itself, then its groups whose membership holds, then all authenticated; empty for an unknown subject.</param>
/// <param name="Path">The scopes from the root down to the one asked about; empty for an unknown scope.</param>
/// <param name="Grants">Every rule of these principals on that path, from the root down, then by rule id.</param>
/// <param name="Nearest">On <see cref="DecisionReason.NoMatchingRule"/>: the roles that would allow it at the scope asked about and contain no other such role, fewest permissions first, then by name; at most three.</param>
public sealed record Explanation(
    Decision Decision, IReadOnlyList<SubjectRef> Principals, IReadOnlyList<ScopeRef> Path, IReadOnlyList<ExplainedRule> Grants, IReadOnlyList<RoleFact> Nearest);

/// <summary>A rule seen from a check.</summary>
/// <param name="Rule">The rule; its subject is the principal it comes through, its scope the place on the path.</param>
/// <param name="Matches">Whether it allows what was asked.</param>
/// <param name="WhyNot">Why not; null when it matches.</param>
public sealed record ExplainedRule(Rule Rule, bool Matches, RuleMismatch? WhyNot);

/// <summary>Why a rule on the path does not allow what was asked; the first that applies.</summary>
public enum RuleMismatch : byte
{
    /// <summary>Its role lacks the permission.</summary>
    PermissionNotInRole,

    /// <summary>Its role is disabled.</summary>
    RoleDisabled,

    /// <summary>It has not started yet.</summary>
    NotYetStarted,

    /// <summary>It has ended.</summary>
    Expired,

    /// <summary>The subject is disabled.</summary>
    SubjectDisabled,
}

/// <summary>Somebody who may do what was asked.</summary>
/// <param name="Subject">A group, the built-in subject of all authenticated, or an enabled user or application.</param>
/// <param name="Rules">Every rule that allows it to them, by id; for a user those of its groups too, never those of all authenticated.</param>
public sealed record WhoCanEntry(SubjectRef Subject, IReadOnlyList<Rule> Rules);

/// <summary>Something a subject may do in a scope and everywhere below it.</summary>
/// <param name="ResourceType">The catalogue's index of the resource type.</param>
/// <param name="Actions">The catalogue's indexes of the actions, ascending.</param>
/// <param name="Scope">The highest scope where all of them hold.</param>
/// <param name="Rules">The rules at that scope that allow at least one of them, by id.</param>
public sealed record WhatCanEntry(int ResourceType, IReadOnlyList<int> Actions, ScopeRef Scope, IReadOnlyList<Rule> Rules);

/// <summary>A permission that an actor lacks to hand something out.</summary>
/// <param name="ResourceType">The resource type's name.</param>
/// <param name="Action">The action's name.</param>
/// <param name="Scope">Where it is lacking.</param>
/// <param name="Role">The role that holds it.</param>
/// <param name="HeldUntil">When the actor holds it now but not for long enough: the end (UTC microseconds since 1970); null when not held at all.</param>
public sealed record Lacking(string ResourceType, string Action, ScopeRef Scope, RoleFact Role, long? HeldUntil);

/// <summary>What a subject may do in one of two states and not in the other, the highest scopes only: by scope path depth, scope id, resource type.</summary>
/// <param name="Gained">After, and not before; the scopes are those of the state after.</param>
/// <param name="Lost">Before, and not after; the scopes are those of the state before.</param>
public sealed record AccessDifference(IReadOnlyList<PermissionDifference> Gained, IReadOnlyList<PermissionDifference> Lost);

/// <summary>Something a subject may do in a scope in one state and not in the other.</summary>
/// <param name="ResourceType">The catalogue's index of the resource type.</param>
/// <param name="Actions">The catalogue's indexes of the actions, ascending.</param>
/// <param name="Scope">The highest scope where that is so.</param>
public sealed record PermissionDifference(int ResourceType, IReadOnlyList<int> Actions, ScopeRef Scope);
