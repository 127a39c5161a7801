using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Sso;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Identities;

/// <summary>A validated wish to link a provider's account.</summary>
internal sealed record NewIdentity(string Provider, string SubjectClaim)
{
    public static NewIdentity Read(IdentityLink body)
    {
        if (string.IsNullOrEmpty(body.Provider)) throw ApiException.Invalid("provider", "is missing");
        if (string.IsNullOrEmpty(body.SubjectClaim)) throw ApiException.Invalid("subjectClaim", "is missing");
        if (!ClaimedPerson.IsClaim(body.SubjectClaim)) throw ApiException.Invalid("subjectClaim", "must have at most 512 characters, all of them visible");
        return new NewIdentity(body.Provider, body.SubjectClaim);
    }
}
