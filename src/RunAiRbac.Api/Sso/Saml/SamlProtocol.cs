using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Features.IdentityProviders;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>SAML 2.0 web browser sign-on as a service provider. Only answers to requests of ours are taken: nothing that a provider begins.</summary>
internal sealed class SamlProtocol(
    SamlProviders providers, SamlKeys keys, SamlReplays replays, SamlRequests requests, SamlAddresses addresses, TimeProvider clock, IOptions<SsoOptions> options)
    : IProviderProtocol
{
    private const string RelayState = "RelayState";

    public string Type => ProviderTypes.Saml;

    public async Task<IResult> BeginAsync(HttpContext context, SsoProvider provider, SignInAttempt attempt)
    {
        var metadata = await providers.GetAsync(provider, context.RequestAborted);
        var key = await keys.GetAsync(provider.TenantId, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        if (metadata.SignOnRedirect is { } redirect)
            return TypedResults.Redirect(SamlRequests.Redirect(requests.SignIn(provider, attempt.RequestId, redirect), redirect, attempt.Handle, key));
        var post = metadata.SignOnPost!;
        var request = SamlRequests.Sign(requests.SignIn(provider, attempt.RequestId, post), key);
        return new PostPage(post, Convert.ToBase64String(Encoding.UTF8.GetBytes(request)), attempt.Handle);
    }

    public string? FindHandle(HttpContext context, IFormCollection? form)
        => form is not null && form[RelayState] is [{ Length: > 0 } only] ? only : null;

    public async Task<ProviderSignIn> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, SignInAttempt attempt)
    {
        // By POST alone: by redirect a signature would cover the query and not the assertion.
        if (form is null || form["SAMLResponse"] is not [{ } response]) throw SamlRefusal.Because("the callback has not exactly one SAMLResponse, by POST");
        var assertion = await ReadAsync(response, provider, attempt, context.RequestAborted);
        var signIn = SamlClaims.Read(provider, assertion);
        if (!await replays.UseAsync(provider, assertion, options.Value.ClockSkew, context.RequestAborted)) throw SamlRefusal.Because("the assertion was used before");
        return signIn;
    }

    public async Task<string?> SignOutAddressAsync(SsoProvider provider, string? signOutHint, string returnTo, CancellationToken cancellationToken)
    {
        if (signOutHint is null || JsonSerializer.Deserialize<SamlSignOutHint>(signOutHint) is not { } hint) return null;
        if (await SignOutDestinationAsync(provider, cancellationToken) is not { } destination) return null;
        var key = await keys.GetAsync(provider.TenantId, cancellationToken);
        return SamlRequests.Redirect(requests.SignOut(provider, hint, destination), destination, null, key);
    }

    /// <summary>Null too while the provider is down: signing out here does not wait for it.</summary>
    private async Task<string?> SignOutDestinationAsync(SsoProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            return (await providers.GetAsync(provider, cancellationToken)).SignOutRedirect;
        }
        catch (SsoRefusal)
        {
            return null;
        }
    }

    /// <summary>A key that is not known may be a new one: the provider's address is asked once, if it has one.</summary>
    private async Task<SamlAssertion> ReadAsync(string response, SsoProvider provider, SignInAttempt attempt, CancellationToken cancellationToken)
    {
        var known = await providers.GetAsync(provider, cancellationToken);
        try
        {
            return SamlResponse.Read(response, Expect(known, provider, attempt));
        }
        catch (UnknownSignerException unknown)
        {
            var newer = await providers.RefreshAsync(provider, cancellationToken);
            if (provider.Settings.Saml?.MetadataUrl is null || ReferenceEquals(newer, known)) throw SamlRefusal.Because(unknown.Message);
            try
            {
                return SamlResponse.Read(response, Expect(newer, provider, attempt));
            }
            catch (UnknownSignerException still)
            {
                throw SamlRefusal.Because(still.Message);
            }
        }
    }

    private SamlExpectation Expect(SamlProviderMetadata metadata, SsoProvider provider, SignInAttempt attempt) => new(
        metadata.EntityId, [.. metadata.SigningCertificates.Select(Convert.FromBase64String)], addresses.EntityId(provider), addresses.Callback(provider), attempt.RequestId,
        clock.GetUtcNow(), options.Value.ClockSkew, options.Value.AllowUnsignedSamlResponses);
}
