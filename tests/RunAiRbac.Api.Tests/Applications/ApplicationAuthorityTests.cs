using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Applications;

/// <summary>Who may do what to which application.</summary>
public sealed class ApplicationAuthorityTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Researcher_SeesNone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var researcher = await world.PersonAsync(World.L1Researcher, await world.ClusterAsync());
        var created = await world.CreateApplicationAsync();

        (await researcher.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK).Ids.Should().BeEmpty();
        await DemandRefusedAsync(researcher, created.Id, HttpStatusCode.NotFound, "not_found");
        (await researcher.PostAsync("/api/v1/apps", new { name = world.NewName() })).Expect(HttpStatusCode.Forbidden, "forbidden");
        await world.SignInApplicationAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Reader_SeesAllAndChangesNone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var editor = await world.PersonAsync(World.Editor, await world.ClusterAsync());
        var created = await world.CreateApplicationAsync();

        (await editor.GetAsync($"/api/v1/apps?search={world.Tag}")).Ids.Should().Equal(created.Id);
        (await editor.GetAsync($"/api/v1/apps/{created.Id}")).Expect(HttpStatusCode.OK);
        await DemandRefusedAsync(editor, created.Id, HttpStatusCode.Forbidden, "forbidden");
        (await editor.PostAsync("/api/v1/service-accounts", new { name = world.NewName() })).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await editor.GetAsync($"/api/v1/apps?search={world.Tag}")).Ids.Should().Equal(created.Id);
        await world.SignInApplicationAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DepartmentAdministrator_CreatesAndManagesAtHome(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);

        var atHome = (await administrator.PostAsync("/api/v1/apps", new { name = world.NewName() })).Expect(HttpStatusCode.Created);
        var below = (await administrator.PostAsync("/api/v1/apps", new { name = world.NewName(), scopeType = "project", scopeId = project.Id })).Expect(HttpStatusCode.Created);
        (await administrator.PostAsync("/api/v1/apps", new { name = world.NewName(), scopeType = "cluster", scopeId = cluster.Id })).Expect(HttpStatusCode.Forbidden, "forbidden");

        (await administrator.GetAsync($"/api/v1/apps/{atHome.Id}")).Field("scopeId").Should().Be(department.Id);
        (await administrator.GetAsync($"/api/v1/apps/{below.Id}")).Field("scopeType").Should().Be("project");
        foreach (var id in new[] { atHome.Id, below.Id })
        {
            (await administrator.PostAsync($"/api/v1/apps/{id}/secret")).Expect(HttpStatusCode.OK);
            (await administrator.PatchAsync($"/api/v1/apps/{id}", new { enabled = false })).Expect(HttpStatusCode.OK);
            (await administrator.PatchAsync($"/api/v1/apps/{id}", new { enabled = true })).Expect(HttpStatusCode.OK);
            (await administrator.DeleteAsync($"/api/v1/apps/{id}")).Expect(HttpStatusCode.NoContent);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Manage_ApplicationAtHomeElsewhere_NeedsThePermissionThere(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, await world.DepartmentAsync(cluster));
        var elsewhere = await world.CreateApplicationAsync(await world.DepartmentAsync(cluster));
        var atTheTenant = await world.CreateApplicationAsync();

        await DemandRefusedAsync(administrator, elsewhere.Id, HttpStatusCode.Forbidden, "forbidden");
        await DemandRefusedAsync(administrator, atTheTenant.Id, HttpStatusCode.Forbidden, "forbidden");
        await world.SignInApplicationAsync(elsewhere);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Manage_StrongerApplication_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var created = await world.CreateApplicationAsync(department);
        await world.GrantAsync("service-account", created.Field("name")!, World.SystemAdministrator, World.Tenant);
        var application = await world.SignInApplicationAsync(created);

        await DemandRefusedAsync(administrator, created.Id, HttpStatusCode.Forbidden, "would_escalate");

        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);
        await world.SignInApplicationAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Enable_StrongerDisabledApplication_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var created = await world.CreateApplicationAsync(department);
        await world.GrantAsync("app", created.Field("name")!, World.SystemAdministrator, World.Tenant);
        (await world.Admin.PatchAsync($"/api/v1/apps/{created.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);

        (await administrator.PatchAsync($"/api/v1/apps/{created.Id}", new { enabled = true })).Expect(HttpStatusCode.Forbidden, "would_escalate");

        (await world.TrySecretAsync(created.Field("name")!, created.Field("secret")!)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Application_WithThePermission_ReplacesItsOwnSecretButNoStrongerOnes(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var created = await world.CreateApplicationAsync(department);
        await world.GrantAsync("app", created.Field("name")!, World.DepartmentAdministrator, department);
        var application = await world.SignInApplicationAsync(created);
        var stronger = await world.CreateApplicationAsync(department);
        await world.GrantAsync("app", stronger.Field("name")!, World.SystemAdministrator, department);

        await DemandRefusedAsync(application, stronger.Id, HttpStatusCode.Forbidden, "would_escalate");
        (await application.PostAsync($"/api/v1/apps/{created.Id}/secret")).Expect(HttpStatusCode.OK);
        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
    }

    private static async Task DemandRefusedAsync(Person actor, string id, HttpStatusCode status, string errorCode)
    {
        foreach (var view in new[] { "apps", "service-accounts" })
        {
            var path = $"/api/v1/{view}/{id}";
            (await actor.PatchAsync(path, new { enabled = false })).Expect(status, errorCode);
            (await actor.PatchAsync(path, new { enabled = true })).Expect(status, errorCode);
            (await actor.PostAsync($"{path}/secret")).Expect(status, errorCode);
            (await actor.DeleteAsync(path)).Expect(status, errorCode);
        }
    }
}
