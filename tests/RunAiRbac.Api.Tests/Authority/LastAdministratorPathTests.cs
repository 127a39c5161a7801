using System.Globalization;
using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>The paths by which the last administrator could go, on hosts of their own: other tests make administrators too.</summary>
public sealed class LastAdministratorPathTests(PostgresFixture postgres)
{
    private const string Rules = "/api/v1/authorization/access-rules";

    [Theory, ClassData(typeof(BothStorages))]
    public async Task LastAdministrator_DeletingItsRuleOrReplacingItsPassword_StaysAdministrator(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var path = $"/api/v1/users/{(await world.Admin.GetAsync($"/api/v1/users?search={ApiHost.AdminEmail}")).Ids.Single()}";
        var rule = (await world.Admin.GetAsync($"{Rules}?subjectIds={ApiHost.AdminEmail}&roleId=1")).Expect(HttpStatusCode.OK)
            .Json.GetProperty("accessRules").EnumerateArray().Single().GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture);
        // One whose rule ends, one who is disabled, one elsewhere: none of them is a second administrator.
        var passing = await world.CreateUserAsync();
        (await world.Admin.PostAsync(Rules, new { subjectType = "user", subjectId = passing.Field("username"), roleId = World.SystemAdministrator, scopeType = "tenant", scopeId = World.Tenant.Id, expiresAt = "2998-01-01T00:00:00Z" }))
            .Expect(HttpStatusCode.Created);
        var disabled = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        (await world.Admin.PatchAsync($"/api/v1/users/{disabled.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        await world.PersonAsync(World.SystemAdministrator, await world.ClusterAsync());

        (await world.Admin.DeleteAsync($"{Rules}/{rule}")).Expect(HttpStatusCode.Conflict, "last_administrator");
        (await world.Admin.DeleteAsync(path)).Expect(HttpStatusCode.Conflict, "last_administrator");
        (await world.Admin.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.Conflict, "last_administrator");
        (await world.Admin.GetAsync($"{Rules}/{rule}")).Expect(HttpStatusCode.OK);

        // Signing out and resets leave an administrator, who signs in again.
        (await world.Admin.PostAsync($"{path}/logout")).Expect(HttpStatusCode.OK);
        world = await World.OpenAsync(host);
        var reset = (await world.Admin.PostAsync($"{path}/password")).Expect(HttpStatusCode.OK);
        var admin = await world.SignInAsync(path, ApiHost.AdminEmail, reset.Field("tempPassword")!);
        (await admin.PostAsync("/api/v1/me/password", new { currentPassword = reset.Field("tempPassword"), newPassword = ApiHost.AdminPassword })).Expect(HttpStatusCode.OK);
        world = await World.OpenAsync(host);
        (await world.Admin.DeleteAsync($"{Rules}/{rule}")).Expect(HttpStatusCode.Conflict, "last_administrator");

        (await world.Admin.PatchAsync($"/api/v1/users/{disabled.Id}", new { enabled = true })).Expect(HttpStatusCode.OK);
        (await world.Admin.DeleteAsync($"{Rules}/{rule}")).Expect(HttpStatusCode.NoContent);
    }
}
