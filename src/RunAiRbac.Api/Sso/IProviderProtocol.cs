namespace RunAiRbac.Api.Sso;

/// <summary>One protocol. Registered as a singleton by <see cref="SsoServices.AddSso"/>; picked by <see cref="Type"/>.</summary>
internal interface IProviderProtocol
{
    /// <summary>One of <see cref="Features.IdentityProviders.ProviderTypes"/>.</summary>
    string Type { get; }

    /// <summary>Sends the browser to the provider: a redirect, or (SAML POST binding) a page that submits itself, with a nonce'd script or a button.</summary>
    Task<IResult> BeginAsync(HttpContext context, SsoProvider provider, SignInAttempt attempt);

    /// <summary>The attempt's handle in a callback (<c>state</c>, <c>RelayState</c>); null: none, or more than one.</summary>
    string? FindHandle(HttpContext context, IFormCollection? form);

    /// <summary>Judges the provider's answer. Throws <see cref="SsoRefusal"/>.</summary>
    Task<ProviderSignIn> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, SignInAttempt attempt);

    /// <summary>Where the browser goes to sign out at the provider too; null: the provider offers none.</summary>
    Task<string?> SignOutAddressAsync(SsoProvider provider, string? signOutHint, string returnTo, CancellationToken cancellationToken);
}
