using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Users;

/// <summary>On hosts of their own: other tests make administrators too.</summary>
public sealed class LastAdministratorTests(PostgresFixture postgres)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task LastAdministrator_OnEveryPath_Stays(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var admin = (await world.Admin.GetAsync($"/api/v1/users?search={ApiHost.AdminEmail}")).Ids.Single();
        var path = $"/api/v1/users/{admin}";

        (await world.Admin.DeleteAsync(path)).Expect(HttpStatusCode.Conflict, "last_administrator").Revision.Should().NotBeNullOrEmpty();
        (await world.Admin.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.Conflict, "last_administrator");
        // Neither a group's nor a pending user's nor an application's rule makes a second one.
        var (group, application) = (world.NewName(), await world.CreateApplicationAsync());
        await world.GrantAsync("group", group, World.SystemAdministrator, World.Tenant);
        await world.GrantAsync("user", world.NewEmail(), World.SystemAdministrator, World.Tenant);
        await world.GrantAsync("app", application.Field("name")!, World.SystemAdministrator, World.Tenant);
        var member = await world.CreateUserAsync();
        (await world.Admin.PutAsync($"/api/v1/users/{member.Id}/groups", new { source = "directory", groups = new[] { group } })).Expect(HttpStatusCode.OK);
        (await world.Admin.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.Conflict, "last_administrator");
        (await world.Admin.GetAsync(path)).Expect(HttpStatusCode.OK).Json.GetProperty("enabled").GetBoolean().Should().BeTrue();

        var second = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        // The first one is Platform administrator besides.
        (await second.DeleteAsync(path)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await world.Admin.DeleteAsync(path)).Expect(HttpStatusCode.NoContent);
        (await second.DeleteAsync($"/api/v1/users/{second.Id}")).Expect(HttpStatusCode.Conflict, "last_administrator");
    }
}
