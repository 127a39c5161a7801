using System.Net;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Tenants;

/// <summary>Who sees which tenants.</summary>
public sealed class TenantListTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Tenants = "/api/v1/tenants";

    [Theory, MemberData(nameof(Providers))]
    public async Task List_ForHoldersOfCreateAtSystem_IsAll(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var two = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var platform = await world.PersonAsync(World.PlatformAdministrator, World.System);
        foreach (var actor in new[] { world.Admin, platform })
        {
            var all = (await actor.GetAsync(Tenants)).Expect(HttpStatusCode.OK).Json.EnumerateArray().ToList();
            all.ConvertAll(t => t.GetProperty("id").GetInt32()).Should().Contain([ApiHost.Tenant, two.Id]).And.BeInAscendingOrder();
            all.ConvertAll(t => t.GetProperty("uuid").GetString()).Should().OnlyHaveUniqueItems();
            var first = all[0];
            first.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("id", "uuid", "name", "createdAt", "deletedAt");
            first.GetProperty("name").GetString().Should().Be("default");
            Guid.TryParseExact(first.GetProperty("uuid").GetString(), "D", out _).Should().BeTrue();
            (await actor.GetAsync(Tenants + "?deleted=False")).Expect(HttpStatusCode.OK).Text.Should().Contain(first.GetProperty("uuid").GetString());
            (await actor.GetAsync(Tenants + "?deleted=true")).Expect(HttpStatusCode.OK).Json.GetArrayLength().Should().Be(0);
            (await actor.GetAsync(Tenants + "?deleted=maybe")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("deleted");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_ForEverybodyElse_IsTheirOwnIfTheyMayReadIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var two = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var cluster = await world.ClusterAsync();
        var researcher = await world.PersonAsync(World.L1Researcher, cluster);
        var administrator = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        var nobody = await world.SignInAsync(await world.CreateUserAsync());
        var application = await world.CreateApplicationAsync();
        await world.GrantAsync("app", application.Field("name")!, World.Viewer, cluster);

        (await IdsAsync(researcher)).Should().Equal(ApiHost.Tenant);
        (await IdsAsync(administrator)).Should().Equal(ApiHost.Tenant);
        (await IdsAsync(await world.SignInApplicationAsync(application))).Should().Equal(ApiHost.Tenant);
        (await IdsAsync(two.Admin)).Should().Equal(two.Id);
        (await IdsAsync(nobody)).Should().BeEmpty();
        (await two.Admin.GetAsync(Tenants + "?deleted=true")).Expect(HttpStatusCode.OK).Json.GetArrayLength().Should().Be(0);
    }

    private static async Task<List<int>> IdsAsync(Person actor)
        => [.. (await actor.GetAsync(Tenants)).Expect(HttpStatusCode.OK).Json.EnumerateArray().Select(t => t.GetProperty("id").GetInt32())];
}
