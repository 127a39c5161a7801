using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A user's identities.</summary>
public sealed record UserIdentities
{
    /// <summary>The ways in which the user is recognized, oldest first; empty: nobody can sign in as it.</summary>
    public required IReadOnlyList<UserIdentity> Identities { get; init; }

    /// <summary>Accounts that wait to be linked, the last tried first: those of <c>identity-requests</c>.</summary>
    public required IReadOnlyList<IdentityRequest> Requests { get; init; }

    /// <summary>The consistency token of the revision they were read at.</summary>
    public required string Revision { get; init; }
}

/// <summary>A way in which a user is recognized.</summary>
public sealed record UserIdentity
{
    /// <summary>The identity's id.</summary>
    public required string Id { get; init; }

    /// <summary>The identity provider's alias; <c>local</c>: a password here.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's name for people; absent for <c>local</c>.</summary>
    public string? ProviderName { get; init; }

    /// <summary><c>local</c>, <c>oidc</c>, <c>saml</c> or <c>openshift-v4</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What the provider calls the account (OIDC <c>sub</c>, SAML NameID, the uid of OpenShift); for <c>local</c> the user's id.</summary>
    public required string SubjectClaim { get; init; }

    /// <summary>The address that the provider last said; the user's own may be another.</summary>
    public string? Email { get; init; }

    /// <summary>What the provider last said of ids by number.</summary>
    public IdentityAttributes? Attributes { get; init; }

    /// <summary>When it was first seen or linked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last sign-in through it; null: none, or a local one (see the user's <c>lastLogin</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Since when sign-ins have not told the groups, or too many of them: those known before go on until their end. Null: the last one told them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? GroupsStaleSince { get; init; }

    /// <summary>The groups that the provider last said, ended by time or not, by name.</summary>
    public required IReadOnlyList<IdentityGroup> Groups { get; init; }

    /// <summary>The consistency token of the revision that made it; in the answer to a link only.</summary>
    public string? Revision { get; init; }
}

/// <summary>Ids by number, as a provider's mappers name them.</summary>
public sealed record IdentityAttributes
{
    /// <summary>The user id.</summary>
    public IReadOnlyList<string>? Uid { get; init; }

    /// <summary>The group id.</summary>
    public IReadOnlyList<string>? Gid { get; init; }

    /// <summary>The supplementary groups.</summary>
    public IReadOnlyList<string>? SupplementaryGroups { get; init; }
}

/// <summary>A group as a provider told of it.</summary>
public sealed record IdentityGroup
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>When the provider said so; up to a day before the last sign-in.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The first moment at which the membership no longer counts, unless the provider says it again before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? ValidUntil { get; init; }
}

/// <summary>A provider's account to be recognized as a user.</summary>
public sealed record IdentityLink
{
    /// <summary>The provider's alias.</summary>
    public string? Provider { get; init; }

    /// <summary>What the provider calls the account, exactly: 1 to 512 characters.</summary>
    public string? SubjectClaim { get; init; }
}

/// <summary>The answer to an unlinked identity.</summary>
public sealed record IdentityUnlinked
{
    /// <summary>How many identities the user has left; 0: nobody can sign in as it any more, except by its access keys.</summary>
    public required int Remaining { get; init; }

    /// <summary>The consistency token of the revision that ended it.</summary>
    public required string Revision { get; init; }
}

/// <summary>Accounts of providers that wait to be linked to a user, the last tried first.</summary>
public sealed record IdentityRequests
{
    /// <summary>The accounts.</summary>
    public required IReadOnlyList<IdentityRequest> Requests { get; init; }
}

/// <summary>An account whose sign-in was refused because its e-mail address belongs to the user.</summary>
public sealed record IdentityRequest
{
    /// <summary>The request's id.</summary>
    public required string Id { get; init; }

    /// <summary>The provider's alias, as a link takes it.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's name for people.</summary>
    public required string ProviderName { get; init; }

    /// <summary>What the provider calls the account, as a link takes it.</summary>
    public required string SubjectClaim { get; init; }

    /// <summary>The address that the provider said.</summary>
    public required string Email { get; init; }

    /// <summary>The given name that the provider said.</summary>
    public string? FirstName { get; init; }

    /// <summary>The family name that the provider said.</summary>
    public string? LastName { get; init; }

    /// <summary>The first attempt.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>The last attempt.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }
}
