namespace RunAiRbac.Client.Contracts;

/// <summary>What a test of an identity provider found.</summary>
public sealed record IdentityProviderTest
{
    /// <summary>What was looked at, in this order. Nothing stands after what made the rest pointless.</summary>
    public required IReadOnlyList<IdentityProviderCheck> Checks { get; init; }

    /// <summary>Finds what exactly was wrong in the service's log.</summary>
    public required string TraceId { get; init; }
}

/// <summary>One thing that a test of an identity provider looked at.</summary>
public sealed record IdentityProviderCheck
{
    /// <summary>Stable: <c>discovery_document</c>, <c>issuer</c>, <c>endpoints</c>, <c>signing_keys</c>, <c>scopes</c>, <c>client</c>, <c>oauth_metadata</c>, <c>metadata</c>, <c>signing_certificates</c>, <c>sign_in_address</c>, <c>sign_out_address</c>, <c>time</c>, <c>sign_in</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>passed</c>, <c>failed</c> (nobody can sign in so), <c>warning</c>, or <c>not_checked</c>.</summary>
    public required string Status { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }
}
