using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>Who a check is about.</summary>
public sealed record CheckSubject
{
    /// <summary><c>user</c>, <c>group</c> or <c>application</c> (also <c>app</c>, <c>service-account</c>).</summary>
    public string Type { get; init; } = null!;

    /// <summary>A user's e-mail or id, an application's client id or id, a group's name.</summary>
    public string Id { get; init; } = null!;

    /// <summary>Users only: these group names stand in for the stored memberships in this one answer. At most 1,000.</summary>
    public IReadOnlyList<string> Groups { get; init; } = null!;
}

/// <summary>Where a check is asked.</summary>
public sealed record CheckScope
{
    /// <summary><c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string Type { get; init; } = null!;

    /// <summary>The scope's id.</summary>
    public string Id { get; init; } = null!;
}

/// <summary>How fresh an answer must be: one of the two.</summary>
public sealed record Consistency
{
    /// <summary>A revision token: the answer is at or after it (waits up to 2 s, then 503).</summary>
    public string AtLeast { get; init; } = null!;

    /// <summary>True: the answer is at or after what the database has at this moment.</summary>
    public bool? Full { get; init; }
}

/// <summary>One question of a batch.</summary>
public record CheckItem
{
    /// <summary>Who; absent: the caller.</summary>
    public CheckSubject Subject { get; init; } = null!;

    /// <summary><c>create</c>, <c>read</c>, <c>update</c> or <c>delete</c>.</summary>
    public string Action { get; init; } = null!;

    /// <summary>The resource type, such as <c>workloads</c>.</summary>
    public string ResourceType { get; init; } = null!;

    /// <summary>Where. Creating a scope itself is asked at its parent.</summary>
    public CheckScope Scope { get; init; } = null!;
}

/// <summary>The question of <c>POST /api/v1/authorize</c> and <c>…/explain</c>.</summary>
public sealed record CheckRequest : CheckItem
{
    /// <summary>How fresh the answer must be.</summary>
    public Consistency Consistency { get; init; } = null!;
}

/// <summary>The questions of <c>POST /api/v1/authorize/batch</c>.</summary>
public sealed record BatchCheckRequest
{
    /// <summary>1 to 10,000 questions.</summary>
    public IReadOnlyList<CheckItem> Checks { get; init; } = null!;

    /// <summary>How fresh the answer must be.</summary>
    public Consistency Consistency { get; init; } = null!;
}

/// <summary>A rule, named in a decision.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Sentence">The rule for people: <c>Application ci-bot is a L1 researcher in Project my-project</c>.</param>
public sealed record RuleReference(int Id, string Sentence);

/// <summary>The answer to one check.</summary>
/// <param name="Allowed">Yes or no.</param>
/// <param name="Reason"><c>granted</c>, or the first reason against it.</param>
/// <param name="DecisionId">This decision's id, for logs.</param>
/// <param name="Revision">The consistency token of the state that was judged.</param>
/// <param name="AccessRule">Any one of the rules that allow; absent when denied.</param>
public sealed record CheckResponse(
    [property: JsonRequired] bool Allowed,
    [property: JsonRequired] string Reason,
    [property: JsonRequired] string DecisionId,
    [property: JsonRequired] string Revision,
    RuleReference? AccessRule);

/// <summary>One answer of a batch.</summary>
/// <param name="Allowed">Yes or no.</param>
/// <param name="Reason"><c>granted</c>, or the first reason against it.</param>
/// <param name="AccessRule">Any one of the rules that allow; absent when denied.</param>
public sealed record BatchCheckResult([property: JsonRequired] bool Allowed, [property: JsonRequired] string Reason, RuleReference? AccessRule);

/// <summary>The answers of a batch: same order and count, all at one revision.</summary>
/// <param name="Revision">The consistency token of the state that was judged.</param>
/// <param name="DecisionId">The batch's id, for logs.</param>
/// <param name="Results">The answers.</param>
public sealed record BatchCheckResponse(
    [property: JsonRequired] string Revision,
    [property: JsonRequired] string DecisionId,
    [property: JsonRequired] IReadOnlyList<BatchCheckResult> Results);

/// <summary>A subject or scope, named for people.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record NamedReference(string Type, string? Id, string Name);

/// <summary>A rule on the path of an explained check.</summary>
/// <param name="AccessRule">The rule.</param>
/// <param name="Via">The principal it is written on.</param>
/// <param name="Scope">The scope it is written at.</param>
/// <param name="Matches">Whether it allows what was asked.</param>
/// <param name="WhyNot">Why not: <c>permission_not_in_role</c>, <c>role_disabled</c>, <c>not_yet_started</c>, <c>expired</c>, <c>subject_disabled</c>.</param>
public sealed record ExplainedGrant(RuleReference AccessRule, NamedReference Via, NamedReference Scope, bool Matches, string? WhyNot);

/// <summary>A role that would allow what was denied.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="RoleId">The role's id.</param>
/// <param name="Scope">The scope asked about.</param>
public sealed record NearestRole(string Role, int RoleId, NamedReference Scope);

/// <summary>A decision with everything that led to it.</summary>
/// <param name="Allowed">Yes or no.</param>
/// <param name="Reason"><c>granted</c>, or the first reason against it.</param>
/// <param name="DecisionId">This decision's id, for logs.</param>
/// <param name="Revision">The consistency token of the state that was judged.</param>
/// <param name="AccessRule">Any one of the rules that allow; absent when denied.</param>
/// <param name="Principals">The subject, its groups, all authenticated.</param>
/// <param name="Path">The scopes from the tenant down to the one asked about.</param>
/// <param name="Grants">Every rule of these principals on that path.</param>
/// <param name="Nearest">On <c>no_matching_rule</c>: the least roles that would allow it, at most three.</param>
public sealed record ExplainResponse(
    [property: JsonRequired] bool Allowed,
    [property: JsonRequired] string Reason,
    [property: JsonRequired] string DecisionId,
    [property: JsonRequired] string Revision,
    RuleReference? AccessRule,
    [property: JsonRequired] IReadOnlyList<NamedReference> Principals,
    [property: JsonRequired] IReadOnlyList<NamedReference> Path,
    [property: JsonRequired] IReadOnlyList<ExplainedGrant> Grants,
    IReadOnlyList<NearestRole>? Nearest);

/// <summary>The question of <c>…/who-can</c>.</summary>
public sealed record WhoCanRequest
{
    /// <summary>The action.</summary>
    public string Action { get; init; } = null!;

    /// <summary>The resource type.</summary>
    public string ResourceType { get; init; } = null!;

    /// <summary>Where.</summary>
    public CheckScope Scope { get; init; } = null!;

    /// <summary>Page size, 1 to 1,000; default 100.</summary>
    public int? Limit { get; init; }

    /// <summary>The cursor of the page before.</summary>
    public string Cursor { get; init; } = null!;
}

/// <summary>A rule that something holds through.</summary>
/// <param name="AccessRule">The rule.</param>
public sealed record ViaRule(RuleReference AccessRule);

/// <summary>Somebody who may do it.</summary>
/// <param name="Type"><c>user</c>, <c>group</c>, <c>application</c> or <c>all-authenticated-users</c>.</param>
/// <param name="Id">The subject's id; absent for all authenticated.</param>
/// <param name="Name">Its name; absent for all authenticated.</param>
/// <param name="Via">The rules that allow it.</param>
public sealed record WhoCanSubject(string Type, string? Id, string? Name, IReadOnlyList<ViaRule> Via);

/// <summary>Who may do it: complete over all pages.</summary>
/// <param name="Subjects">This page.</param>
/// <param name="Cursor">The next page's cursor; absent at the end.</param>
/// <param name="Revision">The consistency token of the state that was judged.</param>
public sealed record WhoCanResponse(
    [property: JsonRequired] IReadOnlyList<WhoCanSubject> Subjects,
    string? Cursor,
    [property: JsonRequired] string Revision);

/// <summary>The question of <c>…/what-can</c>.</summary>
public sealed record WhatCanRequest
{
    /// <summary>Who; absent: the caller.</summary>
    public CheckSubject Subject { get; init; } = null!;

    /// <summary>Only this resource type.</summary>
    public string ResourceType { get; init; } = null!;

    /// <summary>Only this action.</summary>
    public string Action { get; init; } = null!;

    /// <summary>Page size, 1 to 1,000; default 100.</summary>
    public int? Limit { get; init; }

    /// <summary>The cursor of the page before.</summary>
    public string Cursor { get; init; } = null!;
}

/// <summary>Something the subject may do in a scope and everywhere below it.</summary>
/// <param name="ResourceType">The resource type.</param>
/// <param name="Actions">The actions.</param>
/// <param name="Scope">The highest scope where they hold.</param>
/// <param name="Via">The rules that allow at least one of them.</param>
public sealed record PermittedActions(string ResourceType, IReadOnlyList<string> Actions, NamedReference Scope, IReadOnlyList<ViaRule> Via);

/// <summary>What the subject may do.</summary>
/// <param name="Permissions">This page.</param>
/// <param name="Cursor">The next page's cursor; absent at the end.</param>
/// <param name="Partial">True when something was left out because the caller may not ask there.</param>
/// <param name="Revision">The consistency token of the state that was judged.</param>
public sealed record WhatCanResponse(
    [property: JsonRequired] IReadOnlyList<PermittedActions> Permissions,
    string? Cursor,
    bool? Partial,
    [property: JsonRequired] string Revision);
