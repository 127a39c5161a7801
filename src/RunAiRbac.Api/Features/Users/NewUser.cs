using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Users;

/// <summary>A validated request for a local user.</summary>
internal sealed record NewUser(string Email, bool MustChangePassword, string? FirstName, string? LastName, string? ScopeType, string? ScopeId)
{
    private const int MaxEmailLength = 254;

    public static NewUser Read(UserCreation body) => new(
        ReadEmail(body.Email),
        body.ResetPassword == true,
        PlainText.DemandOptional("firstName", body.FirstName),
        PlainText.DemandOptional("lastName", body.LastName),
        body.ScopeType,
        body.ScopeId);

    private static string ReadEmail(string? email)
    {
        if (string.IsNullOrEmpty(email)) throw ApiException.Invalid("email", "is missing");
        // Invisible characters vanish, or not, as a domain is put into ASCII: nobody would see whom they name.
        return EmailAddress.IsValid(PlainText.DemandName("email", email, MaxEmailLength), out var canonical)
            ? canonical
            : throw ApiException.Invalid("email", "must be an e-mail address");
    }
}
