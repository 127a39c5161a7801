using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Users;

/// <summary>A validated request for a local user.</summary>
internal sealed record NewUser(string Email, bool MustChangePassword, string? FirstName, string? LastName, string? ScopeType, string? ScopeId)
{
    public static NewUser Read(UserCreation body) => new(
        EmailField.Read(body.Email),
        body.ResetPassword == true,
        PlainText.DemandOptional("firstName", body.FirstName),
        PlainText.DemandOptional("lastName", body.LastName),
        body.ScopeType,
        body.ScopeId);
}
