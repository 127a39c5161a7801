using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>A validated request for an application.</summary>
internal sealed record NewApplication(string Name, string? ScopeType, string? ScopeId)
{
    public static NewApplication Read(ApplicationCreation body) => new(ClientNames.Read(body.Name), body.ScopeType, body.ScopeId);
}
