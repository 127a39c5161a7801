using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>The e-mail address of a user to be.</summary>
internal static class EmailField
{
    private const int MaxLength = 254;

    /// <summary>The body's <c>email</c> in its canonical form; 400 when it is none.</summary>
    public static string Read(string? email)
    {
        if (string.IsNullOrEmpty(email)) throw ApiException.Invalid("email", "is missing");
        // Invisible characters vanish, or not, as a domain is put into ASCII: nobody would see whom they name.
        return EmailAddress.IsValid(PlainText.DemandName("email", email, MaxLength), out var canonical)
            ? canonical
            : throw ApiException.Invalid("email", "must be an e-mail address");
    }
}
