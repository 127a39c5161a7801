using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.OrgUnits;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Roles;

public sealed class RolesTests(ApiHosts hosts)
{
    private const string Path = "/api/v1/authorization/roles";

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_ByAnybodySignedIn_GivesAllPredefinedRoles(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var nobody = await world.ActorAsync();

        var roles = (await nobody.GetAsync(Path)).Is(200).Json.AsArray();

        roles.Select(r => r!["id"]!.GetValue<int>()).Should().BeInAscendingOrder().And.HaveCount(24);
        var names = roles.ToDictionary(r => r!["name"]!.GetValue<string>(), r => r!["id"]!.GetValue<int>());
        names.Should().Contain("System administrator", 1).And.Contain("L1 researcher", 5).And.Contain("Department administrator", 1710)
            .And.Contain("AI practitioner", 3001).And.Contain("Platform administrator", 4003);
        foreach (var role in roles.Select(r => r!.AsObject()))
        {
            role.Should().ContainKey("deletedAt");
            role["deletedAt"].Should().BeNull();
            role["createdBy"]!.GetValue<string>().Should().Be("system");
            role["custom"]!.GetValue<bool>().Should().BeFalse();
            role["enabled"]!.GetValue<bool>().Should().BeTrue();
            role["effectiveEnabled"]!.GetValue<bool>().Should().BeTrue();
            role["description"]!.GetValue<string>().Should().NotBeEmpty();
            role["kubernetesPermissions"]!.AsObject().Should().ContainKey("predefinedRole");
            foreach (var time in new[] { "createdAt", "updatedAt" }) role[time]!.GetValue<string>().Should().MatchRegex(@"\.\d{6}Z$");
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_EachRole_NamesEveryResourceTypeInTheSameOrder(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));

        var roles = (await world.Admin.GetAsync(Path)).Is(200).Json.AsArray();

        var first = Types(roles[0]!);
        first.Should().OnlyHaveUniqueItems().And.Equal(RunAiRbac.Policy.Catalogue.Default.ResourceTypes.Select(type => type.Name));
        foreach (var role in roles) Types(role!).Should().Equal(first);
        Actions(Role(roles, "L1 researcher"), "workloads").Should().Equal("create", "read", "update", "delete");
        Actions(Role(roles, "L1 researcher"), "project").Should().Equal("read");
        Actions(Role(roles, "L1 researcher"), "department").Should().BeEmpty();
        var dataSource = Permission(Role(roles, "Viewer"), "nfs-assets");
        dataSource["displayName"]!.GetValue<string>().Should().Be("Data sources");
        dataSource["groupId"]!.GetValue<string>().Should().Be("workload-asset");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Get_ById_EqualsTheListAndOddIdsAre404(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var nobody = await world.ActorAsync();

        var listed = Role((await nobody.GetAsync(Path)).Is(200).Json.AsArray(), "L1 researcher");
        var got = (await nobody.GetAsync(Path + "/5")).Is(200).Json;

        JsonNode.DeepEquals(got, listed).Should().BeTrue();
        foreach (var id in new[] { "2", "0", "-1", "05", "+5", "5.0", "%205", "99999999999", "L1%20researcher", "x" })
            (await nobody.GetAsync($"{Path}/{id}")).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Change_OfRoles_Is405(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));

        (await world.Admin.PostAsync(Path, new { name = "mine" })).IsProblem(405, "method_not_allowed");
        (await world.Admin.PutAsync(Path + "/5", new { name = "mine" })).IsProblem(405, "method_not_allowed");
        (await world.Admin.DeleteAsync(Path + "/5")).IsProblem(405, "method_not_allowed");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Permissions_OfTheCaller_AreTheUnionOverAllScopes(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var (one, other) = (await world.ProjectAsync(clusterId), await world.ProjectAsync(clusterId));
        var roles = (await world.Admin.GetAsync(Path)).Is(200).Json.AsArray();
        var nobody = await world.ActorAsync();
        var researcher = await world.ActorAsync(("L1 researcher", "project", one));
        var both = await world.ActorAsync(("L1 researcher", "project", one), ("ML engineer", "project", other));

        (await PermissionsAsync(nobody)).Should().BeEmpty();
        (await PermissionsAsync(researcher)).Should().BeEquivalentTo(Held(Role(roles, "L1 researcher")));
        var union = await PermissionsAsync(both);
        union["inferences"].Should().Equal("create", "read", "update", "delete");
        union["workloads"].Should().Equal("create", "read", "update", "delete");
        union["department"].Should().Equal("read");
        union.Keys.Should().BeEquivalentTo(Held(Role(roles, "L1 researcher")).Keys.Union(Held(Role(roles, "ML engineer")).Keys));
    }

    private static async Task<Dictionary<string, string[]>> PermissionsAsync(Somebody actor)
        => (await actor.GetAsync("/api/v1/authorization/permissions")).Is(200).Json.AsArray().ToDictionary(TypeOf, p => Actions(p!));

    private static Dictionary<string, string[]> Held(JsonNode role)
        => role["permissions"]!.AsArray().Where(p => p!["actions"]!.AsArray().Count > 0).ToDictionary(TypeOf, p => Actions(p!));

    private static JsonNode Role(JsonArray roles, string name) => roles.Single(r => r!["name"]!.GetValue<string>() == name)!;

    private static string[] Types(JsonNode role) => [.. role["permissions"]!.AsArray().Select(TypeOf)];

    private static JsonNode Permission(JsonNode role, string type) => role["permissions"]!.AsArray().Single(p => TypeOf(p) == type)!;

    private static string[] Actions(JsonNode role, string type) => Actions(Permission(role, type));

    private static string[] Actions(JsonNode permission) => [.. permission["actions"]!.AsArray().Select(a => a!.GetValue<string>())];

    private static string TypeOf(JsonNode? permission) => permission!["resourceType"]!.GetValue<string>();
}
