using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>Finishes a sign-in at a provider: takes the attempt, lets the protocol judge the answer, finds the person, begins the session.</summary>
internal sealed class ProviderSignIns(SignInAttempts attempts, ExternalIdentities identities, BrowserSessions sessions, Metrics metrics, RefusalLog refusals)
{
    /// <summary>Where the browser goes then. Throws <see cref="SsoRefusal"/>.</summary>
    public async Task<string> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, IProviderProtocol protocol)
    {
        var grant = Grant(provider);
        try
        {
            var (said, attempt) = await JudgeAsync(context, form, provider, protocol, grant);
            var subject = await identities.ResolveAsync(said, context.Origin(), context.RequestAborted);
            await sessions.BeginAsync(context, provider.TenantId, subject, grant, provider, said.SignOutHint);
            metrics.TokenIssued(grant, "issued");
            return LocalPath.Read(attempt.ReturnUrl);
        }
        catch (SsoRefusal)
        {
            metrics.TokenIssued(grant, "refused");
            throw;
        }
        catch (ApiException dead) when (dead.Kind == Kinds.InvalidCredentials)
        {
            metrics.TokenIssued(grant, "refused");
            throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The user or the provider was changed or ended in this moment.");
        }
    }

    /// <summary>What the provider says, and the attempt to which it says it. (Refusals of known people are written to the audit log where they are found.)</summary>
    private async Task<(ProviderSignIn Said, SignInAttempt Attempt)> JudgeAsync(HttpContext context, IFormCollection? form, SsoProvider provider, IProviderProtocol protocol, string grant)
    {
        try
        {
            // INVARIANT: the attempt is taken before anything of the answer is looked at, so that no answer is judged twice, nor one that another browser or
            // another provider began.
            var attempt = protocol.FindHandle(context, form) is { Length: > 0 } handle ? await attempts.TakeAsync(context, provider, handle) : null;
            if (attempt is null) throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The answer belongs to no attempt of this browser at this provider.");
            return (await protocol.FinishAsync(context, form, provider, attempt), attempt);
        }
        catch (SsoRefusal refusal)
        {
            await refusals.ProviderSignInFailedAsync(context.Origin(), provider, grant, refusal.Code, PageFailures.Status(refusal.Code));
            throw;
        }
    }

    private static string Grant(SsoProvider provider) => provider.Type switch
    {
        ProviderTypes.Oidc => "oidc",
        ProviderTypes.Saml => "saml",
        _ => "openshift",
    };
}
