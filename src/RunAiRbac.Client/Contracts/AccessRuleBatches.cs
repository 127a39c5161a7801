using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new rule for everybody who is signed in: every user and every application.</summary>
public sealed record AuthenticatedUsersRuleCreation
{
    /// <summary>The role's id.</summary>
    public int? RoleId { get; init; }

    /// <summary>The scope's id.</summary>
    public string? ScopeId { get; init; }

    /// <summary><c>system</c>, <c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string? ScopeType { get; init; }

    /// <summary>Derived from the scope; one that contradicts it is refused.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The first moment at which the rule holds, RFC 3339, at most microseconds.</summary>
    public string? NotBefore { get; init; }

    /// <summary>The first moment at which the rule no longer holds, RFC 3339, at most microseconds.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>Why the rule exists; at most 1,024 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Many rules at once: one role for each of the subjects in each of the scopes.</summary>
public sealed record AccessRuleBatchCreation
{
    /// <summary>The rules.</summary>
    public AccessRuleBatchPayload? Payload { get; init; }
}

/// <summary>One role for each of the subjects in each of the scopes; at most 1,000 rules.</summary>
public sealed record AccessRuleBatchPayload
{
    /// <summary>The role's id.</summary>
    public int? RoleId { get; init; }

    /// <summary>Derived from the scopes; a scope that contradicts it is refused.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Who.</summary>
    public IReadOnlyList<AccessRuleSubject>? Subjects { get; init; }

    /// <summary>Where.</summary>
    public IReadOnlyList<AccessRuleScope>? Scopes { get; init; }

    /// <summary>The first moment at which the rules hold, RFC 3339, at most microseconds.</summary>
    public string? NotBefore { get; init; }

    /// <summary>The first moment at which the rules no longer hold, RFC 3339, at most microseconds.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>Why the rules exist; at most 1,024 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>A subject of new rules.</summary>
public sealed record AccessRuleSubject
{
    /// <summary>A user's e-mail or id, a group's name, an application's name (client id) or id.</summary>
    public string? SubjectId { get; init; }

    /// <summary><c>user</c>, <c>app</c>, <c>service-account</c> or <c>group</c>.</summary>
    public string? SubjectType { get; init; }
}

/// <summary>A scope of new rules.</summary>
public sealed record AccessRuleScope
{
    /// <summary>The scope's id.</summary>
    public string? ScopeId { get; init; }

    /// <summary><c>system</c>, <c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string? ScopeType { get; init; }
}

/// <summary>What became of a batch of new rules: those that are good are there, all at one revision.</summary>
/// <param name="Succeeded">The rules that were made, subject by subject and scope by scope.</param>
/// <param name="Failed">Those that were refused; they left nothing behind.</param>
public sealed record AccessRuleBatchCreationResult(IReadOnlyList<AccessRule> Succeeded, IReadOnlyList<AccessRuleCreationFailure> Failed);

/// <summary>A rule of a batch that was not made.</summary>
/// <param name="Payload">What it would have been.</param>
/// <param name="Code">The HTTP status that the same rule alone would have been refused with.</param>
/// <param name="Message">Why.</param>
/// <param name="ErrorCode">The kind of error for programs.</param>
/// <param name="Details">The field that is wrong.</param>
/// <param name="ExistingId">When it already exists: its id.</param>
public sealed record AccessRuleCreationFailure(AccessRuleCreation Payload, int Code, string Message, string ErrorCode, string? Details, int? ExistingId);

/// <summary>One action on many rules.</summary>
public sealed record AccessRuleBatch
{
    /// <summary>1 to 1,000 ids of rules, as texts or numbers.</summary>
    [JsonConverter(typeof(RuleIdListConverter))]
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary><c>delete</c>, or <c>validate_delete</c>, which tells what <c>delete</c> would do and does nothing.</summary>
    public string? Action { get; init; }
}

/// <summary>What became of a batch.</summary>
/// <param name="Id">The batch's own id, a UUID.</param>
/// <param name="Succeeded">The ids of the rules that are deleted, or could be.</param>
/// <param name="Failed">The others.</param>
public sealed record AccessRuleBatchResult(string Id, IReadOnlyList<string> Succeeded, IReadOnlyList<AccessRuleBatchFailure> Failed);

/// <summary>A rule of a batch that was refused.</summary>
/// <param name="Id">Its id as it was given.</param>
/// <param name="Code">The HTTP status that it would have been refused with alone.</param>
/// <param name="Message">Why.</param>
/// <param name="ErrorCode">The kind of error for programs.</param>
public sealed record AccessRuleBatchFailure(string Id, int Code, string Message, string ErrorCode);
