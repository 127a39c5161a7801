using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessKeys;

/// <summary>Everybody's access keys, for administrators of the tenant.</summary>
public sealed class AccessKeyAdministrationTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Keys = "/api/v1/administration/access-keys";
    private const string Older = "/api/v1/administration/user-applications";

    [Theory, MemberData(nameof(Providers))]
    public async Task List_WithFilters_IsTheSameUnderBothNames(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (one, two) = (await world.SignInAsync(await world.CreateUserAsync()), await world.SignInAsync(await world.CreateUserAsync()));
        var (first, second, third) = (await world.KeyAsync(one), await world.KeyAsync(one), await world.KeyAsync(two));
        await world.SignInWithKeyAsync(one, second);

        (await IdsAsync(world.Admin, "")).Should().ContainInOrder(first.Id, second.Id, third.Id);
        (await IdsAsync(world.Admin, $"?createdBy={one.Name}")).Should().Equal(first.Id, second.Id);
        (await IdsAsync(world.Admin, $"?createdBy={one.Name.ToUpperInvariant()}")).Should().Equal(first.Id, second.Id);
        (await IdsAsync(world.Admin, $"?createdBy={two.Id}")).Should().Equal(third.Id);
        (await IdsAsync(world.Admin, $"?clientId={third.Field("clientId")}")).Should().Equal(third.Id);
        (await IdsAsync(world.Admin, $"?clientId={third.Field("clientId")}&createdBy={one.Name}")).Should().BeEmpty();
        (await IdsAsync(world.Admin, $"?clientId={third.Field("name")}")).Should().BeEmpty();
        (await IdsAsync(world.Admin, $"?createdBy={world.NewEmail()}")).Should().BeEmpty();
        (await IdsAsync(world.Admin, "?createdBy=%25")).Should().BeEmpty();

        var shown = (await world.Admin.GetAsync($"{Older}?clientId={second.Field("clientId")}")).Json[0];
        shown.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("name", "id", "clientId", "createdBy", "createdAt", "lastLogin", "revision");
        shown.GetProperty("name").GetString().Should().Be(second.Field("name"));
        shown.GetProperty("createdBy").GetString().Should().Be(one.Name);
        shown.GetProperty("lastLogin").GetString().Should().EndWith("Z");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Delete_ByAnAdministrator_EndsTheKeyAndItsTokens(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        foreach (var path in new[] { Keys, Older })
        {
            var key = await world.KeyAsync(user);
            var robot = await world.SignInWithKeyAsync(user, key);
            (await world.Admin.DeleteAsync($"{path}/{key.Id}")).Expect(HttpStatusCode.NoContent).Revision.Should().NotBeNullOrEmpty();
            (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
            (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized);
            (await world.Admin.DeleteAsync($"{path}/{key.Id}")).Expect(HttpStatusCode.NotFound, "not_found");
        }

        (await user.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);
        foreach (var id in new[] { user.Id, Guid.NewGuid().ToString(), "-1" }) (await world.Admin.DeleteAsync($"{Keys}/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WithoutThePermissionAtTheTenant_IsForbidden(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var key = await world.KeyAsync(user);
        var auditor = await world.PersonAsync(4002, World.Tenant);
        var local = await world.PersonAsync(World.SystemAdministrator, await world.ClusterAsync());
        foreach (var path in new[] { Keys, Older })
        {
            foreach (var actor in new[] { user, local })
            {
                (await actor.GetAsync(path)).Expect(HttpStatusCode.Forbidden, "forbidden");
                (await actor.DeleteAsync($"{path}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
            }

            (await auditor.GetAsync(path + $"?clientId={key.Field("clientId")}")).Expect(HttpStatusCode.OK);
            (await auditor.DeleteAsync($"{path}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
        }

        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Delete_OfAStrongersKey_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var strong = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        var weak = await world.PersonAsync(World.ApplicationAdministrator, World.Tenant);
        var (strongs, weaks) = (await world.KeyAsync(strong), await world.KeyAsync(weak));

        (await weak.DeleteAsync($"{Keys}/{strongs.Id}")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await weak.DeleteAsync($"{Older}/{weaks.Id}")).Expect(HttpStatusCode.NoContent);
        (await world.TryKeyAsync(strongs)).Expect(HttpStatusCode.OK);
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(Person actor, string query)
    {
        var newer = (await actor.GetAsync(Keys + query)).Expect(HttpStatusCode.OK).Json.GetProperty("accessKeys").EnumerateArray().Select(x => x.GetProperty("id").GetString()!).ToList();
        newer.Should().Equal((await actor.GetAsync(Older + query)).Expect(HttpStatusCode.OK).Ids);
        return newer;
    }
}
