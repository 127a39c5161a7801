using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

public sealed class ClustersTests(ApiHosts hosts)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithEverything_GivesItBackAndMakesTheDefaultDepartment(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var name = OrgWorld.NewName("Cluster A, Zürich");

        var created = (await world.Admin.PostAsync(OrgWorld.Clusters, new { name, domain = "https://a.example.com", version = "2.22.1", other = 1 })).Is(201);

        created.Headers.GetValues("X-Revision").Should().Equal(created.Json["revision"]!.GetValue<string>());
        Guid.TryParseExact(created.Id, "D", out _).Should().BeTrue();
        created.Id.Should().NotContain("_");
        created.Json["name"]!.GetValue<string>().Should().Be(name);
        created.Json["domain"]!.GetValue<string>().Should().Be("https://a.example.com");
        created.Json["version"]!.GetValue<string>().Should().Be("2.22.1");
        created.Json["tenantId"]!.GetValue<int>().Should().Be(1);
        created.Json["createdAt"]!.GetValue<string>().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$");
        created.Json["status"]!["state"]!.GetValue<string>().Should().Be("Connected");
        created.Json["status"]!["conditions"]!.AsArray().Should().BeEmpty();
        created.Json.AsObject().Should().ContainKeys("deletedAt", "lastLiveness", "deleteRequestedAt", "updatedAt");
        var got = (await world.Admin.GetAsync($"{OrgWorld.Clusters}/{created.Id}")).Is(200).Json;
        Without(got, "revision").Should().Be(Without(created.Json, "revision"));
        (await world.DefaultDepartmentAsync(created.Id)).Should().NotBeEmpty();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithNameOnly_HasNullDomainAndVersion(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));

        var created = (await world.Admin.PostAsync(OrgWorld.Clusters, new { name = OrgWorld.NewName("c"), domain = (string?)null, version = "" })).Is(201).Json;

        created.AsObject().Should().ContainKeys("domain", "version");
        created["domain"].Should().BeNull();
        created["version"].Should().BeNull();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithANameThatLives_Is409UntilItIsFree(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var name = OrgWorld.NewName("c");
        var first = await world.ClusterAsync(name);

        (await world.Admin.PostAsync(OrgWorld.Clusters, new { name })).IsProblem(409, "already_exists", "name");
        await world.ClusterAsync(name.ToUpperInvariant());
        (await world.Admin.DeleteAsync($"{OrgWorld.Clusters}/{first}?force=True")).Is(204);
        var second = await world.ClusterAsync(name);

        second.Should().NotBe(first);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithBadInput_Is400NamingTheField(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));

        (await world.Admin.PostAsync(OrgWorld.Clusters, "{}")).IsProblem(400, "invalid_request", "name");
        (await world.Admin.PostAsync(OrgWorld.Clusters, """{"name":null}""")).IsProblem(400, "invalid_request", "name");
        (await world.Admin.PostAsync(OrgWorld.Clusters, """{"name":7}""")).IsProblem(400, "invalid_request", "name");
        (await world.Admin.PostAsync(OrgWorld.Clusters, """{"name":"a\u0000"}""")).IsProblem(400, "invalid_request", "name");
        (await world.Admin.PostAsync(OrgWorld.Clusters, """{"name":"a","domain":"x\u202e"}""")).IsProblem(400, "invalid_request", "domain");
        (await world.Admin.PostAsync(OrgWorld.Clusters, """{"name":"a" """)).IsProblem(400, "invalid_request");
        (await world.Admin.PostAsync(OrgWorld.Clusters, "[]")).IsProblem(400, "invalid_request");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_ToAFreeName_IsSeenAtOnceAndKeepsTheRest(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var id = (await world.Admin.PostAsync(OrgWorld.Clusters, new { name = OrgWorld.NewName("c"), domain = "d.example" })).Is(201).Id;
        var (taken, free) = (OrgWorld.NewName("c"), OrgWorld.NewName("c"));
        await world.ClusterAsync(taken);

        (await world.Admin.PutAsync($"{OrgWorld.Clusters}/{id}", new { name = taken })).IsProblem(409, "already_exists", "name");
        (await world.Admin.PutAsync($"{OrgWorld.Clusters}/{id}", new { })).IsProblem(400, "invalid_request", "name");
        var renamed = (await world.Admin.PutAsync($"{OrgWorld.Clusters}/{id}", new { name = free })).Is(204);
        (await world.Admin.PutAsync($"{OrgWorld.Clusters}/{id}", new { name = free })).Is(204);

        renamed.Text.Should().BeEmpty();
        renamed.Headers.GetValues("X-Revision").Should().ContainSingle();
        var got = (await world.Admin.GetAsync($"{OrgWorld.Clusters}/{id}")).Is(200).Json;
        got["name"]!.GetValue<string>().Should().Be(free);
        got["domain"]!.GetValue<string>().Should().Be("d.example");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Delete_WithoutForce_Is202AndGoneAllTheSame(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var id = await world.ClusterAsync();

        var deleted = (await world.Admin.DeleteAsync($"{OrgWorld.Clusters}/{id}")).Is(202);

        deleted.Json["code"]!.GetValue<int>().Should().Be(202);
        deleted.Headers.GetValues("X-Revision").Should().ContainSingle();
        (await world.Admin.GetAsync($"{OrgWorld.Clusters}/{id}")).IsProblem(404, "not_found");
        (await world.Admin.DeleteAsync($"{OrgWorld.Clusters}/{id}")).IsProblem(404, "not_found");
        (await world.Admin.PutAsync($"{OrgWorld.Clusters}/{id}", new { name = "x" })).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_WithParameters_ValidatesThemAndLeavesOutTheStatus(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var id = await world.ClusterAsync();

        var full = (await world.Admin.GetAsync($"{OrgWorld.Clusters}?verbosity=full&verbosity=full&includeRequestedForDelete=True")).Is(200).Json.AsArray();
        var brief = (await world.Admin.GetAsync($"{OrgWorld.Clusters}?verbosity=metadata")).Is(200).Json.AsArray();

        One(full, id).Should().ContainKey("status");
        One(brief, id).Should().NotContainKey("status");
        (await world.Admin.GetAsync($"{OrgWorld.Clusters}/{id}?verbosity=metadata")).Is(200).Json.AsObject().Should().NotContainKey("status");
        full.Select(c => c!["name"]!.GetValue<string>().ToLowerInvariant()).Should().BeInAscendingOrder(StringComparer.Ordinal);
        (await world.Admin.GetAsync($"{OrgWorld.Clusters}?verbosity=brief")).IsProblem(400, "invalid_request", "verbosity");
        (await world.Admin.GetAsync($"{OrgWorld.Clusters}?includeRequestedForDelete=maybe")).IsProblem(400, "invalid_request", "includeRequestedForDelete");
        (await world.Admin.DeleteAsync($"{OrgWorld.Clusters}/{id}?force=2")).IsProblem(400, "invalid_request", "force");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Get_IdsInOddForms_Are404(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var id = await world.ClusterAsync();
        var department = await world.DefaultDepartmentAsync(id);
        string[] odd = [id.ToUpperInvariant(), id + "%20", "%20" + id, id[..^1], "1", "system", "-1", "%01", Guid.NewGuid().ToString(), department];

        foreach (var other in odd) (await world.Admin.GetAsync($"{OrgWorld.Clusters}/{other}")).IsProblem(404, "not_found");
    }

    private static JsonObject One(JsonArray clusters, string id) => clusters.Single(c => c!["uuid"]!.GetValue<string>() == id)!.AsObject();

    private static string Without(JsonNode node, string member)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(member);
        return copy.ToJsonString();
    }
}
