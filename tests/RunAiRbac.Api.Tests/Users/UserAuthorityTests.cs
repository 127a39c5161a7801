using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Users;

/// <summary>Who may do what to whom.</summary>
public sealed class UserAuthorityTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Researcher_SeesOnlyThemselves(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var researcher = await world.PersonAsync(World.L1Researcher, await world.ClusterAsync());
        var other = await world.CreateUserAsync();
        var path = $"/api/v1/users/{other.Id}";

        (await researcher.GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK).Ids.Should().Equal(researcher.Id);
        (await researcher.GetAsync("/api/v1/users/count")).Json.GetProperty("count").GetInt64().Should().Be(1);
        (await researcher.GetAsync($"/api/v1/users/{researcher.Id}")).Expect(HttpStatusCode.OK);
        (await researcher.GetAsync(path)).Expect(HttpStatusCode.NotFound, "not_found");
        (await researcher.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.NotFound, "not_found");
        (await researcher.DeleteAsync(path)).Expect(HttpStatusCode.NotFound, "not_found");
        (await researcher.PostAsync($"{path}/password")).Expect(HttpStatusCode.NotFound, "not_found");
        (await researcher.PostAsync($"{path}/logout")).Expect(HttpStatusCode.NotFound, "not_found");
        (await researcher.DeleteAsync($"/api/v1/users/{researcher.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await researcher.PostAsync("/api/v1/users", new { email = world.NewEmail() })).Expect(HttpStatusCode.Forbidden, "forbidden");
        await world.SignInAsync(other);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Reader_SeesAllAndChangesNone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var editor = await world.PersonAsync(World.Editor, await world.ClusterAsync());
        var other = await world.CreateUserAsync();
        var path = $"/api/v1/users/{other.Id}";

        (await editor.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().BeEquivalentTo(editor.Id, other.Id);
        (await editor.GetAsync($"/api/v1/users/count?search={world.Tag}")).Json.GetProperty("count").GetInt64().Should().Be(2);
        (await editor.GetAsync(path)).Expect(HttpStatusCode.OK);
        (await editor.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await editor.DeleteAsync(path)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await editor.PostAsync($"{path}/password")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await editor.PostAsync($"{path}/logout")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await editor.PostAsync("/api/v1/users", new { email = world.NewEmail() })).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await editor.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().HaveCount(2);
        await world.SignInAsync(other);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DepartmentAdministrator_WithOneDepartment_CreatesAndManagesThere(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);

        var created = (await administrator.PostAsync("/api/v1/users", new { email = world.NewEmail(), scopeType = (string?)null, scopeId = (string?)null })).Expect(HttpStatusCode.Created);
        var path = $"/api/v1/users/{created.Id}";

        var shown = (await administrator.GetAsync(path)).Expect(HttpStatusCode.OK);
        (shown.Field("scopeType"), shown.Field("scopeId")).Should().Be(("department", department.Id));
        shown.Field("createdBy").Should().Be(administrator.Name);
        (await administrator.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.OK);
        (await administrator.PatchAsync(path, new { enabled = true })).Expect(HttpStatusCode.OK);
        (await administrator.PostAsync($"{path}/password")).Expect(HttpStatusCode.OK);
        (await administrator.PostAsync($"{path}/logout")).Expect(HttpStatusCode.OK);
        (await administrator.DeleteAsync(path)).Expect(HttpStatusCode.NoContent);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DepartmentAdministrator_OutsideTheirDepartment_CreatesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var foreign = await world.ClusterAsync();

        async Task<Reply> CreateAsync(string type, string id) => await administrator.PostAsync("/api/v1/users", new { email = world.NewEmail(), scopeType = type, scopeId = id });

        (await CreateAsync("cluster", cluster.Id)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await CreateAsync("tenant", World.Tenant.Id)).Expect(HttpStatusCode.Forbidden, "forbidden");
        var unseen = (await CreateAsync("cluster", foreign.Id)).Expect(HttpStatusCode.NotFound, "not_found");
        var unknown = (await CreateAsync("cluster", Guid.NewGuid().ToString())).Expect(HttpStatusCode.NotFound, "not_found");
        unseen.Field("detail").Should().Be(unknown.Field("detail"));
        (await CreateAsync("project", department.Id)).Expect(HttpStatusCode.NotFound, "not_found");
        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().Equal(administrator.Id);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DepartmentAdministrator_OfTwo_MustNameTheScope(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var first = await world.DepartmentAsync(cluster);
        var second = await world.DepartmentAsync(cluster);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, first);
        await world.GrantAsync("user", administrator.Name, World.DepartmentAdministrator, second);

        (await administrator.PostAsync("/api/v1/users", new { email = world.NewEmail() })).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("scopeId");
        var created = await administrator.PostAsync("/api/v1/users", new { email = world.NewEmail(), scopeType = "department", scopeId = second.Id });

        (await administrator.GetAsync($"/api/v1/users/{created.Expect(HttpStatusCode.Created).Id}")).Field("scopeId").Should().Be(second.Id);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Manage_UserAtHomeElsewhere_NeedsThePermissionThere(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, await world.DepartmentAsync(cluster));
        var neighbour = await world.CreateUserAsync(await world.DepartmentAsync(cluster));

        (await administrator.GetAsync($"/api/v1/users/{neighbour.Id}")).Expect(HttpStatusCode.OK);
        (await administrator.PatchAsync($"/api/v1/users/{neighbour.Id}", new { enabled = false })).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await administrator.DeleteAsync($"/api/v1/users/{neighbour.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Manage_StrongerUserAtHomeHere_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var created = await world.CreateUserAsync(department);
        await world.GrantAsync("user", created.Field("username")!, World.Editor, cluster);
        var stronger = await world.SignInAsync(created);

        await DemandUntouchedAsync(administrator, stronger);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Manage_UserStrongerThroughAGroup_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var created = await world.CreateUserAsync(department);
        var group = world.NewName();
        await world.GrantAsync("group", group, World.Editor, cluster);
        (await world.Admin.PutAsync($"/api/v1/users/{created.Id}/groups", new { source = "directory", groups = new[] { group } })).Expect(HttpStatusCode.OK);

        await DemandUntouchedAsync(administrator, await world.SignInAsync(created));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Enable_StrongerDisabledUser_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var created = await world.CreateUserAsync(department);
        await world.GrantAsync("user", created.Field("username")!, World.SystemAdministrator, World.Tenant);
        (await world.Admin.PatchAsync($"/api/v1/users/{created.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);

        (await administrator.PatchAsync($"/api/v1/users/{created.Id}", new { enabled = true })).Expect(HttpStatusCode.Forbidden, "would_escalate");

        (await world.TryPasswordAsync(created.Field("username")!, created.Field("tempPassword")!)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_PendingEmailWithStrongerRules_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var email = world.NewEmail();
        await world.GrantAsync("user", email, World.SystemAdministrator, World.Tenant);
        var pending = (await world.Admin.GetAsync($"/api/v1/users?search={email}")).Ids.Single();

        var refused = (await administrator.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Forbidden, "would_escalate");

        refused.Json.TryGetProperty("lacking", out _).Should().BeTrue();
        (await world.Admin.GetAsync($"/api/v1/users/{pending}")).Json.GetProperty("pending").GetBoolean().Should().BeTrue();
        var created = (await world.Admin.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Created);
        created.Id.Should().Be(pending, "rules refer to the subject, which stays");
        (await (await world.SignInAsync(created)).GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().NotBeEmpty("the pending user's rule now works");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_PendingEmailWithWeakerRules_TakesItOver(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var email = world.NewEmail();
        await world.GrantAsync("user", email, World.L1Researcher, await world.ProjectAsync(cluster, department));

        var created = (await administrator.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Created);

        var shown = await administrator.GetAsync($"/api/v1/users/{created.Id}");
        (shown.Field("scopeId"), shown.Field("createdBy")).Should().Be((department.Id, administrator.Name));
        shown.Json.GetProperty("isLocal").GetBoolean().Should().BeTrue();
        await world.SignInAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_DisabledPendingEmail_StaysDisabled(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var email = world.NewEmail();
        await world.GrantAsync("user", email, World.Viewer, World.Tenant);
        var pending = (await world.Admin.GetAsync($"/api/v1/users?search={email}")).Ids.Single();
        (await world.Admin.PatchAsync($"/api/v1/users/{pending}", new { enabled = false })).Expect(HttpStatusCode.OK);

        var created = (await world.Admin.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Created);

        (await world.TryPasswordAsync(email, created.Field("tempPassword")!)).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.PatchAsync($"/api/v1/users/{pending}", new { enabled = true })).Expect(HttpStatusCode.OK);
        await world.SignInAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task HomeScope_ThatEnds_LeavesTheUserToTheTenant(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var created = await world.CreateUserAsync(department);

        ((int)(await world.Admin.DeleteAsync($"/api/v1/org-unit/departments/{department.Id}")).Status).Should().BeInRange(200, 299);

        (await world.Admin.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.OK).Field("scopeType").Should().Be("tenant");
        (await world.Admin.DeleteAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.NoContent);
    }

    private static async Task DemandUntouchedAsync(Person actor, Person target)
    {
        var path = $"/api/v1/users/{target.Id}";
        (await actor.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await actor.PatchAsync(path, new { enabled = true })).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await actor.PostAsync($"{path}/password")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await actor.PostAsync($"{path}/logout")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await actor.DeleteAsync(path)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await target.GetAsync(path)).Expect(HttpStatusCode.OK);
    }
}
