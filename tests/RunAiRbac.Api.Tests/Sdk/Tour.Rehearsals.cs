using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task RehearsalsAsync()
    {
        var project = await ProjectAsync((await ClusterAsync()).Uuid);
        var rule = new AccessRuleCreation { SubjectType = "user", SubjectId = NewEmail(), RoleId = L1Researcher, ScopeType = "project", ScopeId = project.Id };
        var forAll = new AuthenticatedUsersRuleCreation { RoleId = L1Researcher, ScopeType = "project", ScopeId = project.Id };

        var gained = await Admin.AccessRules.RehearseCreateAsync(rule, limit: 1, cancellationToken: Cancel);
        gained.Gained.Should().ContainSingle().Which.Scope.Id.Should().Be(project.Id);
        (await Admin.AccessRules.RehearseCreateAsync(rule, 1, gained.Cursor, Cancel)).Gained.Should().NotBeEquivalentTo(gained.Gained);
        (await Admin.AccessRules.RehearseCreateForAllAsync(forAll, cancellationToken: Cancel)).Counts.Gained.Should().BePositive();
        (await Admin.Authorize.SimulateAsync(new SimulationRequest { Create = [rule] }, Cancel)).Counts.Should().Be(gained.Counts);
        (await Admin.AccessRules.CountAsync(new AccessRuleCountQuery { Search = project.Name }, Cancel)).Should().Be(0, "nothing was written");
    }
}
