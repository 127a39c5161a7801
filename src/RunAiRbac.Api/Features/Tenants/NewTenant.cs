using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Tenants;

/// <summary>A validated request for a tenant.</summary>
internal sealed partial record NewTenant(string Name, string Email, string? Password)
{
    private const int MaxNameLength = 255;
    private const string AdministratorRole = "System administrator";

    public static NewTenant Read(TenantCreation body)
    {
        if (body.ContractType is not (null or "" or "normal" or "trial")) throw ApiException.Invalid("contractType", "must be normal, trial or empty");
        // The other role that existing clients know could not look after the tenant, and a tenant always has somebody who can.
        if (body.Role is not (null or AdministratorRole)) throw ApiException.Invalid("role", $"must be {AdministratorRole}: a tenant's first user looks after it");
        var (name, email) = (ReadName(body.Name), EmailField.Read(body.Email));
        return new NewTenant(name, email, ReadPassword(body.Password, email));
    }

    private static string ReadName(string? name)
    {
        if (string.IsNullOrEmpty(name)) throw ApiException.Invalid("name", "is missing");
        if (name.Length > MaxNameLength) throw ApiException.Invalid("name", $"must have at most {MaxNameLength} characters");
        return Pattern().IsMatch(name) ? name : throw ApiException.Invalid("name", "must hold only letters, digits and `-`, and begin and end with a letter or digit");
    }

    private static string? ReadPassword(string? password, string email)
        => password is null || PasswordPolicy.WhyRefused(password, email) is not { } why ? password : throw ApiException.Invalid("password", why);

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
