using System.Collections.ObjectModel;

namespace RunAiRbac.Api.Sso;

/// <summary>What a provider said about a person, after all of the protocol's own checks.</summary>
internal sealed record ProviderSignIn
{
    public required SsoProvider Provider { get; init; }

    /// <summary>Whom it means: OIDC <c>sub</c>; SAML persistent NameID (or the NameID as it is); OpenShift <c>metadata.uid</c>.</summary>
    public required string SubjectClaim { get; init; }

    public string? Email { get; init; }

    /// <summary>Null: the provider says nothing of it.</summary>
    public bool? EmailVerified { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    /// <summary>Null: nothing was said (claim absent, Entra overage): memberships are kept and marked stale, never wiped. Empty: in none.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary><c>uid</c>, <c>gid</c> and <c>supplementaryGroups</c> by the mappers.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes { get; init; } = ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>What single sign-out needs later (an ID token; or NameID and SessionIndex as JSON); kept sealed with the session.</summary>
    public string? SignOutHint { get; init; }

    /// <summary>Without what the provider said, so that no log shows it.</summary>
    public override string ToString() => $"sign-in by {Provider.Alias} of tenant {Provider.TenantId}";
}
