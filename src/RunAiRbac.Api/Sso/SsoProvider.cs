using RunAiRbac.Api.Features.IdentityProviders;

namespace RunAiRbac.Api.Sso;

/// <summary>A provider as sign-in needs it; its secret is in clear here and goes nowhere else.</summary>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Id">Its row's id: an alias may come back as another provider's.</param>
/// <param name="Alias">Its alias, which is the source of its groups and the provider of its identities.</param>
/// <param name="Type">One of <see cref="ProviderTypes"/>.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Settings">What its type needs, and the mappers.</param>
/// <param name="Secret">The client secret; null: its type has none, or none was given.</param>
/// <param name="TrustedEmailDomains">Mail domains whose addresses its word binds to pending users; <c>*</c> is every one.</param>
internal sealed record SsoProvider(
    int TenantId, string Id, string Alias, string Type, string Name, ProviderSettings Settings, string? Secret, IReadOnlyList<string> TrustedEmailDomains)
{
    /// <summary>Without the secret, so that no log shows it.</summary>
    public override string ToString() => $"{Type} {Alias} of tenant {TenantId}";
}

/// <summary>A provider as the sign-in page offers it.</summary>
internal sealed record ProviderChoice(string Alias, string Name, string Type);
