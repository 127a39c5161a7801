using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

public sealed class DepartmentsTests(ApiHosts hosts)
{
    private const string Everything =
        """
        {"description":"All research","schedulingRules":{"interactiveJobTimeLimitSeconds":60,"trainingJobTimeLimitSeconds":3600},
         "defaultNodePools":["default","a100"],"nodeTypes":{"training":["t1"],"workspace":[],"names":{"t1":"Big"}},
         "resources":[{"nodePool":{"id":"100000","name":"default"},"gpu":{"deserved":2.5,"limit":null,"overQuotaWeight":2},
           "cpu":{"deserved":1000,"limit":2000},"memory":{"deserved":64,"units":"GB"},"priority":"High"},{"nodePool":{"id":"2"}}],
         "overtimeData":{"range24hData":{"averageGpuAllocation":1.5,"updatedAt":"2026-01-02T03:04:05.123456Z"}},"somethingElse":{"a":[1]}}
        """;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithEverything_GivesItBack(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var body = JsonNode.Parse(Everything)!.AsObject();
        (body["name"], body["clusterId"]) = ("research", clusterId);

        var created = (await world.Admin.PostAsync(OrgWorld.Departments, body.ToJsonString())).Is(201);

        created.Headers.GetValues("X-Revision").Should().Equal(created.Json["revision"]!.GetValue<string>());
        var got = (await world.Admin.GetAsync($"{OrgWorld.Departments}/{created.Id}")).Is(200).Json;
        foreach (var answer in new[] { created.Json, got })
        {
            answer["name"]!.GetValue<string>().Should().Be("research");
            answer["clusterId"]!.GetValue<string>().Should().Be(clusterId);
            answer.AsObject().Should().NotContainKey("somethingElse");
            foreach (var same in new[] { "description", "schedulingRules", "defaultNodePools", "nodeTypes", "overtimeData" })
                JsonNode.DeepEquals(answer[same], body[same]).Should().BeTrue("{0} was {1}", same, answer[same]);
            answer["resources"]!.AsArray().Should().HaveCount(2);
            answer["resources"]![0]!["gpu"]!["deserved"]!.GetValue<double>().Should().Be(2.5);
            answer["resources"]![0]!["memory"]!["units"]!.GetValue<string>().Should().Be("GB");
            answer["resources"]![0]!["priority"]!.GetValue<string>().Should().Be("High");
            answer["resources"]![1]!["gpu"]!["deserved"]!.GetValue<double>().Should().Be(0, "answers always have it");
            answer["totalResources"]!["gpuQuota"]!.GetValue<double>().Should().Be(0);
            answer["createdBy"]!.GetValue<string>().Should().NotBeEmpty();
            answer["updatedBy"]!.GetValue<string>().Should().Be(answer["createdBy"]!.GetValue<string>());
            answer["createdAt"]!.GetValue<string>().Should().MatchRegex(@"\.\d{6}Z$");
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithoutResources_HasNone(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();

        var created = (await world.Admin.PostAsync(OrgWorld.Departments, new { name = "d", clusterId, resources = (string?)null, description = (string?)null })).Is(201).Json;

        created["resources"]!.AsArray().Should().BeEmpty();
        created["description"]!.GetValue<string>().Should().BeEmpty();
        created.AsObject().Should().ContainKey("defaultNodePools");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithANameOfTheCluster_Is409AndFreeElsewhereAndAfterDeletion(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var (clusterId, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        var id = await world.DepartmentAsync(clusterId, "d");

        (await world.Admin.PostAsync(OrgWorld.Departments, new { name = "d", clusterId })).IsProblem(409, "already_exists", "name");
        (await world.Admin.PostAsync(OrgWorld.Departments, new { name = "default", clusterId })).IsProblem(409, "already_exists", "name");
        await world.DepartmentAsync(other, "d");
        (await world.Admin.DeleteAsync($"{OrgWorld.Departments}/{id}")).Is(204);
        (await world.DepartmentAsync(clusterId, "d")).Should().NotBe(id);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithBadInput_Is400NamingTheFieldAndMakesNothing(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        (string Body, string Field)[] bad =
        [
            ("""{"clusterId":"$"}""", "name"),
            ("""{"name":"Big","clusterId":"$"}""", "name"),
            ("""{"name":"d"}""", "clusterId"),
            ("""{"name":"d","clusterId":7}""", "clusterId"),
            ("""{"name":"d","clusterId":"no-such-cluster"}""", "clusterId"),
            ("""{"name":"d","clusterId":"$","description":7}""", "description"),
            ("""{"name":"d","clusterId":"$","resources":{}}""", "resources"),
            ("""{"name":"d","clusterId":"$","resources":[null]}""", "resources[0]"),
            ("""{"name":"d","clusterId":"$","resources":[{"nodePool":{"name":"x"}}]}""", "resources[0].nodePool.id"),
            ("""{"name":"d","clusterId":"$","resources":[{"gpu":{"deserved":"1"}}]}""", "resources[0].gpu.deserved"),
            ("""{"name":"d","clusterId":"$","resources":[{},{"memory":{"deserved":1}}]}""", "resources[1].memory.units"),
            ("""{"name":"d","clusterId":"$","resources":[{"memory":{"units":"kb"}}]}""", "resources[0].memory.units"),
            ("""{"name":"d","clusterId":"$","schedulingRules":{"trainingJobTimeLimitSeconds":0}}""", "schedulingRules.trainingJobTimeLimitSeconds"),
            ("""{"name":"d","clusterId":"$","schedulingRules":{"trainingJobTimeLimitSeconds":1.5}}""", "schedulingRules.trainingJobTimeLimitSeconds"),
            ("""{"name":"d","clusterId":"$","defaultNodePools":["a",null]}""", "defaultNodePools"),
            ("""{"name":"d","clusterId":"$","nodeTypes":{"training":[1]}}""", "nodeTypes.training[0]"),
            ("""{"name":"d","clusterId":"$","overtimeData":{"range7dData":{"updatedAt":"yesterday"}}}""", "overtimeData.range7dData.updatedAt"),
            ("""{"name":"d","name":"e","clusterId":"$"}""", "name"),
        ];

        foreach (var (body, field) in bad)
            (await world.Admin.PostAsync(OrgWorld.Departments, body.Replace("$", clusterId, StringComparison.Ordinal))).IsProblem(400, "invalid_request", field);
        (await world.Admin.PostAsync(OrgWorld.Departments, new { name = "d", clusterId = clusterId.ToUpperInvariant() })).IsProblem(400, "invalid_request", "clusterId");
        await world.DepartmentAsync(clusterId, "d");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Update_WithSomeFields_ClearsTheRestButKeepsResources(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var body = JsonNode.Parse(Everything)!.AsObject();
        (body["name"], body["clusterId"]) = ("research", await world.ClusterAsync());
        var before = (await world.Admin.PostAsync(OrgWorld.Departments, body.ToJsonString())).Is(201).Json;
        var path = $"{OrgWorld.Departments}/{before["id"]}";

        var updated = (await world.Admin.PutAsync(path, new { description = "changed", name = "ignored" })).Is(200);

        updated.Headers.GetValues("X-Revision").Should().Equal(updated.Json["revision"]!.GetValue<string>());
        updated.Json["name"]!.GetValue<string>().Should().Be("research");
        updated.Json["description"]!.GetValue<string>().Should().Be("changed");
        updated.Json.AsObject().Should().NotContainKey("schedulingRules");
        JsonNode.DeepEquals(updated.Json["resources"], before["resources"]).Should().BeTrue();
        JsonNode.DeepEquals(updated.Json["overtimeData"], before["overtimeData"]).Should().BeTrue();
        (await world.Admin.PutAsync(path, new { resources = Array.Empty<object>() })).Is(200).Json["resources"]!.AsArray().Should().BeEmpty();
        (await world.Admin.PutAsync(path, """{"description":{}}""")).IsProblem(400, "invalid_request", "description");
        (await world.Admin.GetAsync(path)).Is(200).Json["description"]!.GetValue<string>().Should().BeEmpty();
        (await world.Admin.PutAsync($"{OrgWorld.Departments}/{Guid.NewGuid()}", new { })).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Delete_TheDefaultDepartment_Is409WhileItsClusterLives(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var id = await world.DefaultDepartmentAsync(clusterId);

        (await world.Admin.DeleteAsync($"{OrgWorld.Departments}/{id}")).IsProblem(409, "conflict");
        (await world.Admin.PutAsync($"{OrgWorld.Departments}/{id}", new { description = "ours" })).Is(200);
        (await world.Admin.DeleteAsync($"{OrgWorld.Clusters}/{clusterId}?force=true")).Is(204);

        (await world.Admin.GetAsync($"{OrgWorld.Departments}/{id}")).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Count_OfAScopedActor_EqualsItsList(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        await world.DepartmentAsync(clusterId);
        var viewer = await world.ActorAsync(("Viewer", "cluster", clusterId));

        (await viewer.GetAsync($"{OrgWorld.Departments}/count")).Is(200).Json["count"]!.GetValue<long>().Should().Be(2);
        (await viewer.GetAsync($"{OrgWorld.Departments}/count?filterBy=name==default&limit=0")).Is(200).Json["count"]!.GetValue<long>().Should().Be(1);
        (await viewer.GetAsync($"{OrgWorld.Departments}/count?filterBy=phase==x")).IsProblem(400, "invalid_request", "filterBy");
    }
}
