using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Users;

/// <summary>A validated request for a local user.</summary>
internal sealed partial record NewUser(string Email, bool MustChangePassword, string? FirstName, string? LastName, string? ScopeType, string? ScopeId)
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
        if (email.Length > MaxEmailLength) throw ApiException.Invalid("email", $"must have at most {MaxEmailLength} characters");
        return Pattern().IsMatch(email) && EmailAddress.TryCanonicalize(email, out var canonical)
            ? canonical
            : throw ApiException.Invalid("email", "must be an e-mail address");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
