using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

/// <summary>The quotas of departments and projects as objects of their own.</summary>
public sealed class UnitResourcesTests(ApiHosts hosts)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task Put_Replaces_AndPatchMergesByNodePool(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        foreach (var (unit, _) in await UnitsAsync(world))
        {
            var put = (await world.Admin.PutAsync(unit + "/resources", new object[]
            {
                new { nodePool = new { id = "a", name = "pool a" }, gpu = new { deserved = 4.5, limit = 8 }, cpu = new { deserved = 10 }, priority = "low" },
                new { gpu = new { deserved = 1 } },
            })).Is(200);
            put.Headers.GetValues("X-Revision").Should().ContainSingle();
            put.Json.AsArray().Should().HaveCount(2);

            var patched = (await world.Admin.SendAsync(HttpMethod.Patch, unit + "/resources", new object[]
            {
                new { nodePool = new { id = "a" }, gpu = new { deserved = 6 }, memory = new { deserved = 5, units = "GB" } },
                new { nodePool = new { id = "b" }, cpu = new { deserved = 2 } },
                new { priority = "high" },
            })).Is(200).Json.AsArray();

            patched.Should().HaveCount(3);
            patched[0]!.ToJsonString().Should().Be("""{"nodePool":{"id":"a","name":"pool a"},"gpu":{"deserved":6},"cpu":{"deserved":10},"memory":{"deserved":5,"units":"GB"},"priority":"low"}""");
            patched[1]!.ToJsonString().Should().Be("""{"gpu":{"deserved":1},"priority":"high"}""");
            patched[2]!.ToJsonString().Should().Be("""{"nodePool":{"id":"b"},"gpu":{"deserved":0},"cpu":{"deserved":2}}""");
            var unitNow = (await world.Admin.GetAsync(unit)).Is(200).Json;
            unitNow["resources"]!.ToJsonString().Should().Be(patched.ToJsonString());
            unitNow["description"]!.GetValue<string>().Should().Be("stays");
            (await world.Admin.PutAsync(unit + "/resources", Array.Empty<object>())).Is(200).Text.Should().Be("[]");
            (await world.Admin.GetAsync(unit)).Is(200).Json["resources"]!.AsArray().Should().BeEmpty();
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Resources_MalformedOrForbidden_ChangeNothing(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        foreach (var (unit, clusterId) in await UnitsAsync(world))
        {
            var viewer = await world.ActorAsync(("Viewer", "cluster", clusterId));
            var nobody = await world.ActorAsync();
            var before = (await world.Admin.GetAsync(unit)).Is(200).Json["updatedAt"]!.ToJsonString();
            foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch })
            {
                (await viewer.SendAsync(method, unit + "/resources", "[]")).IsProblem(403, "forbidden");
                (await nobody.SendAsync(method, unit + "/resources", "[]")).IsProblem(404, "not_found");
                (await world.Admin.SendAsync(method, unit[..^36] + Guid.NewGuid() + "/resources", "[]")).IsProblem(404, "not_found");
                (await world.Admin.SendAsync(method, unit + "/resources", "{}")).IsProblem(400, "invalid_request");
                (await world.Admin.SendAsync(method, unit + "/resources", "[null]")).IsProblem(400, "invalid_request", "resources[0]");
                (await world.Admin.SendAsync(method, unit + "/resources", """[{"memory":{"deserved":1}}]""")).IsProblem(400, "invalid_request", "resources[0].memory.units");
                (await world.Admin.SendAsync(method, unit + "/resources", """[{},{"nodePool":{}}]""")).IsProblem(400, "invalid_request", "resources[1].nodePool.id");
            }

            (await world.Admin.SendAsync(HttpMethod.Patch, unit + "/resources", """[{"nodePool":{"id":"a"}},{"nodePool":{"id":"a"}}]""")).IsProblem(400, "invalid_request", "resources[1].nodePool.id");
            (await world.Admin.GetAsync(unit)).Is(200).Json["updatedAt"]!.ToJsonString().Should().Be(before);
        }
    }

    private static async Task<List<(string Path, string ClusterId)>> UnitsAsync(OrgWorld world)
    {
        var clusterId = await world.ClusterAsync();
        var units = new List<(string, string)>();
        foreach (var path in new[] { OrgWorld.Departments, OrgWorld.Projects })
            units.Add(($"{path}/{(await world.Admin.PostAsync(path, new { name = OrgWorld.NewName("unit"), clusterId, description = "stays" })).Is(201).Id}", clusterId));
        return units;
    }
}
