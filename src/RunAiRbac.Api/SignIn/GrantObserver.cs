using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Hosting;

namespace RunAiRbac.Api.SignIn;

/// <summary>Counts grants, and writes those that failed for their credentials to the audit log. (Good ones are written with their session.)</summary>
internal sealed class GrantObserver(Metrics metrics, RefusalLog refusals)
{
    /// <param name="from">Where it comes from.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="name">The user or client that it names.</param>
    /// <param name="issuing">The grant in progress.</param>
    public async Task<T> ObserveAsync<T>(Requester from, string grant, string? name, Task<T> issuing)
    {
        var known = grant is "app_token" or "client_credentials" or "password" or "refresh_token" or "authorization_code" ? grant : "other";
        try
        {
            var issued = await issuing;
            metrics.TokenIssued(known, "issued");
            return issued;
        }
        catch (ApiException refused)
        {
            metrics.TokenIssued(known, "refused");
            // A refresh is no sign-in.
            if (grant != "refresh_token" && (refused.Kind == Kinds.InvalidCredentials || refused.Kind == Kinds.InvalidClient || refused.Kind == Kinds.InvalidGrant))
                await refusals.SignInFailedAsync(from, known, name, refused);
            throw;
        }
    }
}
