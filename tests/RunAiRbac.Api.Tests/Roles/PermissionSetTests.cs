using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.OrgUnits;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Roles;

/// <summary>Roles as the newer API shows them, and what they are made of.</summary>
public sealed class PermissionSetTests(ApiHosts hosts)
{
    private const string Roles = "/api/v2/authorization/roles";
    private const string Older = "/api/v1/authorization/roles";
    private const string Sets = "/api/v1/authorization/permission-sets";
    private const string L1Researcher = "8edbc108-b3d4-81b7-b3be-f7a79c419f06";

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Roles_InTheNewerApi_AreTheOlderOnesWithTheirPermissionSet(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var nobody = await world.ActorAsync();

        var roles = (await nobody.GetAsync(Roles)).Is(200).Json.AsArray();
        var older = (await nobody.GetAsync(Older)).Is(200).Json.AsArray();
        var sets = (await nobody.GetAsync(Sets)).Is(200).Json["permissionSets"]!.AsArray();

        roles.Should().HaveCount(older.Count);
        sets.Select(s => s!["name"]!.GetValue<string>()).Should().Equal(roles.Select(r => r!["name"]!.GetValue<string>()));
        for (var i = 0; i < roles.Count; i++)
        {
            var (role, set) = (roles[i]!.AsObject(), sets[i]!.AsObject());
            var reference = role["permissionSets"]!.AsArray().Single()!;
            reference.AsObject().Select(x => x.Key).Should().Equal("id", "name");
            (reference["id"]!.GetValue<string>(), reference["name"]!.GetValue<string>()).Should().Be((set["id"]!.GetValue<string>(), role["name"]!.GetValue<string>()));
            set.Select(x => x.Key).Should().BeEquivalentTo("id", "name", "description", "permissions");
            set["description"]!.GetValue<string>().Should().Be(role["description"]!.GetValue<string>());
            set["permissions"]!.AsArray().Select(Permission).Should().Equal(role["permissions"]!.AsArray().Where(p => p!["actions"]!.AsArray().Count > 0).Select(Permission));
            JsonNode.DeepEquals((await nobody.GetAsync($"{Roles}/{role["id"]}")).Is(200).Json, role).Should().BeTrue();
            JsonNode.DeepEquals((await nobody.GetAsync($"{Sets}/{set["id"]}")).Is(200).Json, set).Should().BeTrue();

            role.Remove("permissionSets").Should().BeTrue();
            JsonNode.DeepEquals(role, older[i]).Should().BeTrue();
        }

        sets.Select(s => s!["id"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        // The same in every installation and for ever.
        sets.Single(s => s!["name"]!.GetValue<string>() == "L1 researcher")!["id"]!.GetValue<string>().Should().Be(L1Researcher);
        foreach (var id in new[] { Guid.NewGuid().ToString(), L1Researcher.ToUpperInvariant(), "{" + L1Researcher + "}", L1Researcher.Replace("-", "", StringComparison.Ordinal), "5", "L1%20researcher" })
            (await nobody.GetAsync($"{Sets}/{id}")).IsProblem(404, "not_found");
        foreach (var id in new[] { "2", "0", "-1", "05", "x" }) (await nobody.GetAsync($"{Roles}/{id}")).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Roles_InTheNewerApi_ArePagedAndSorted(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var all = (await NamesAsync(world.Admin, "")).ToList();

        (await NamesAsync(world.Admin, "?limit=5&offset=3")).Should().Equal(all.Skip(3).Take(5));
        (await NamesAsync(world.Admin, "?offset=1000")).Should().BeEmpty();
        (await NamesAsync(world.Admin, "?sortBy=name")).Should().Equal(all.Order(StringComparer.OrdinalIgnoreCase));
        (await NamesAsync(world.Admin, "?sortBy=name&sortOrder=desc&limit=2")).Should().Equal(all.OrderDescending(StringComparer.OrdinalIgnoreCase).Take(2));
        (await NamesAsync(world.Admin, "?sortOrder=desc")).Should().Equal(Enumerable.Reverse(all));
        foreach (var field in new[] { "id", "createdAt", "updatedAt", "createdBy" }) (await NamesAsync(world.Admin, $"?sortBy={field}")).Should().BeEquivalentTo(all);
        foreach (var (query, field) in new[] { ("limit=0", "limit"), ("limit=501", "limit"), ("offset=-1", "offset"), ("sortBy=permissions", "sortBy"), ("sortOrder=up", "sortOrder") })
            (await world.Admin.GetAsync($"{Roles}?{query}")).IsProblem(400, "invalid_request", field);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Change_OfRoles_IsRefusedClearly(StorageProvider storage)
    {
        var host = await hosts.GetAsync(storage);
        var world = await OrgWorld.OnAsync(host);
        var nobody = await world.ActorAsync();
        var body = new { name = "mine", description = "x", permissionSets = Array.Empty<object>() };

        foreach (var (method, path, allow) in new[] { (HttpMethod.Post, Older, "GET"), (HttpMethod.Put, Older + "/5", "GET"), (HttpMethod.Delete, Older + "/5", "GET"), (HttpMethod.Put, Older + "/no", "GET") })
        {
            var refused = (await world.Admin.SendAsync(method, path, body)).IsProblem(405, "method_not_allowed");
            refused.Allow.Should().Equal(allow);
        }

        (await world.Admin.PostAsync(Roles, body)).IsProblem(501, "not_implemented");
        (await world.Admin.PutAsync(Roles + "/5", body)).IsProblem(403, "role_is_predefined");
        (await world.Admin.DeleteAsync(Roles + "/5")).IsProblem(403, "role_is_predefined");
        (await world.Admin.PutAsync(Roles + "/2", body)).IsProblem(404, "not_found");
        (await world.Admin.DeleteAsync(Roles + "/05")).IsProblem(404, "not_found");
        (await nobody.PostAsync(Roles, body)).IsProblem(403, "forbidden");
        (await nobody.PutAsync(Roles + "/5", body)).IsProblem(403, "forbidden");
        (await nobody.DeleteAsync(Roles + "/5")).IsProblem(403, "forbidden");
        (await nobody.DeleteAsync(Roles + "/2")).IsProblem(403, "forbidden");
        (await world.Admin.GetAsync(Roles + "/5")).Is(200).Json["name"]!.GetValue<string>().Should().Be("L1 researcher");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task RoleOfOnesOwn_HasNoPermissionSetAndIsNotServedYet(StorageProvider storage)
    {
        var tenant = await OwnTenant.CreateAsync(await hosts.GetAsync(storage));
        await tenant.WriteAsync(async write =>
        {
            await write.PutRoleAsync(new RoleFact(100_000, "Own", "", true, [new("project", ["read"])]), default);
            return true;
        });

        var own = (await tenant.Admin.GetAsync(Roles + "/100000")).Json;
        own.GetProperty("custom").GetBoolean().Should().BeTrue();
        own.GetProperty("permissionSets").GetArrayLength().Should().Be(0);
        (await tenant.Admin.GetAsync(Sets)).Text.Should().NotContain("\"Own\"");
        (await tenant.Admin.DeleteAsync(Roles + "/100000")).Expect(System.Net.HttpStatusCode.NotImplemented, "not_implemented");
    }

    private static async Task<IEnumerable<string>> NamesAsync(Somebody actor, string query)
        => (await actor.GetAsync(Roles + query)).Is(200).Json.AsArray().Select(r => r!["name"]!.GetValue<string>());

    private static string Permission(JsonNode? permission)
        => $"{permission!["resourceType"]} {string.Join(',', permission["actions"]!.AsArray().Select(a => a!.GetValue<string>()))}";
}
