using System.Text.Json.Serialization;

namespace RunAiRbac.Policy;

/// <summary>
/// One step from one snapshot to the next; a revision is a list of them, applied in order. They are written to the change log as JSON, so the
/// discriminators and member names never change their meaning. <c>Before</c> is what stood there before: history for people, ignored by the engine.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(RolePut), "role")]
[JsonDerivedType(typeof(ScopePut), "scope")]
[JsonDerivedType(typeof(ScopeEnd), "scope-end")]
[JsonDerivedType(typeof(SubjectPut), "subject")]
[JsonDerivedType(typeof(SubjectEnd), "subject-end")]
[JsonDerivedType(typeof(MembershipPut), "member")]
[JsonDerivedType(typeof(MembershipEnd), "member-end")]
[JsonDerivedType(typeof(RulePut), "rule")]
[JsonDerivedType(typeof(RuleEnd), "rule-end")]
[JsonDerivedType(typeof(SessionEnd), "session-end")]
public abstract record PolicyChange;

/// <summary>Adds a role or replaces the one of the same id.</summary>
public sealed record RolePut(RoleFact Role, RoleFact? Before = null) : PolicyChange;

/// <summary>Adds a scope, or renames or moves the one of the same id (its type stays).</summary>
public sealed record ScopePut(ScopeFact Scope, ScopeFact? Before = null) : PolicyChange;

/// <summary>Ends a scope with everything below it, and all rules in them. A home scope that ends leaves its subjects to the tenant.</summary>
public sealed record ScopeEnd(string Id, ScopeFact? Before = null) : PolicyChange;

/// <summary>Adds a subject, or replaces the attributes of the one of the same id (its kind stays).</summary>
public sealed record SubjectPut(SubjectFact Subject, SubjectFact? Before = null) : PolicyChange;

/// <summary>Ends a subject, with its rules and memberships.</summary>
public sealed record SubjectEnd(string Id, SubjectFact? Before = null) : PolicyChange;

/// <summary>Adds a membership, or replaces the end of the one of the same user and group.</summary>
public sealed record MembershipPut(MembershipFact Membership, MembershipFact? Before = null) : PolicyChange;

/// <summary>Ends a membership.</summary>
public sealed record MembershipEnd(string UserId, string GroupId, MembershipFact? Before = null) : PolicyChange;

/// <summary>Adds a rule. Rules never change.</summary>
public sealed record RulePut(RuleFact Rule) : PolicyChange;

/// <summary>Ends a rule.</summary>
public sealed record RuleEnd(int Id, RuleFact? Before = null) : PolicyChange;

/// <summary>Ends a session.</summary>
public sealed record SessionEnd(EndedSession Session) : PolicyChange;
