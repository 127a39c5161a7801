using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

public sealed class ProjectsTests(ApiHosts hosts)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithNameAndCluster_GoesToTheDefaultDepartment(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterName = OrgWorld.NewName("cluster");
        var clusterId = await world.ClusterAsync(clusterName);

        var created = (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "my-project", clusterId, parentId = (string?)null })).Is(201);

        var project = created.Json;
        created.Headers.GetValues("X-Revision").Should().Equal(project["revision"]!.GetValue<string>());
        project["parentId"]!.GetValue<string>().Should().Be(await world.DefaultDepartmentAsync(clusterId));
        project["parent"]!["name"]!.GetValue<string>().Should().Be("default");
        project["parent"]!["parent"]!["name"]!.GetValue<string>().Should().Be(clusterName);
        project["enforceRunaiScheduler"]!.GetValue<bool>().Should().BeTrue();
        project.AsObject().Should().ContainKey("requestedNamespace");
        project["requestedNamespace"].Should().BeNull();
        project["description"]!.GetValue<string>().Should().BeEmpty();
        project["resources"]!.AsArray().Should().BeEmpty();
        project["status"]!["namespace"]!.GetValue<string>().Should().Be("runai-my-project");
        project["status"]!["phase"]!.GetValue<string>().Should().Be("Ready");
        project["totalResources"]!["gpuQuota"]!.GetValue<double>().Should().Be(0);
        project["effective"].Should().NotBeNull();
        var got = (await world.Admin.GetAsync($"{OrgWorld.Projects}/{created.Id}")).Is(200).Json;
        project["revision"] = got["revision"]!.DeepClone();
        JsonNode.DeepEquals(got, project).Should().BeTrue();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithEverything_GivesItBack(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var parentId = await world.DepartmentAsync(clusterId);
        var body = JsonNode.Parse(
            """
            {"name":"vision","description":"Vision models","requestedNamespace":"team-vision","enforceRunaiScheduler":false,
             "schedulingRules":{"trainingJobMaxIdleDurationSeconds":5},"defaultNodePools":["a"],"nodeTypes":{"training":["t"]},
             "resources":[{"nodePool":{"id":"1"},"gpu":{"deserved":1},"priority":"Low"}]}
            """)!.AsObject();
        (body["clusterId"], body["parentId"]) = (clusterId, parentId);

        var created = (await world.Admin.PostAsync(OrgWorld.Projects, body.ToJsonString())).Is(201).Json;

        foreach (var (name, value) in body) JsonNode.DeepEquals(created[name], value).Should().BeTrue("{0} was {1}", name, created[name]);
        created["status"]!["namespace"]!.GetValue<string>().Should().Be("team-vision");
        foreach (var own in new[] { "schedulingRules", "defaultNodePools", "nodeTypes" })
            JsonNode.DeepEquals(created["effective"]![own], body[own]).Should().BeTrue();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_InAParentOfAnotherClusterOrNone_Is400(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var (clusterId, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        var foreign = await world.DepartmentAsync(other);
        var project = await world.ProjectAsync(clusterId);

        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId, parentId = foreign })).IsProblem(400, "invalid_request", "parentId");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId, parentId = project })).IsProblem(400, "invalid_request", "parentId");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId, parentId = clusterId })).IsProblem(400, "invalid_request", "parentId");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId, parentId = Guid.NewGuid() })).IsProblem(400, "invalid_request", "parentId");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = Guid.NewGuid(), parentId = foreign })).IsProblem(400, "invalid_request", "parentId");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = Guid.NewGuid() })).IsProblem(400, "invalid_request", "clusterId");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = foreign })).IsProblem(400, "invalid_request", "clusterId");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithBadInput_Is400NamingTheField(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        (object Body, string Field)[] bad =
        [
            (new { clusterId }, "name"),
            (new { name = "p" }, "clusterId"),
            (new { name = "P", clusterId }, "name"),
            (new { name = "default", clusterId }, "name"),
            (new { name = "kube-x", clusterId }, "name"),
            (new { name = new string('a', 58), clusterId }, "name"),
            (new { name = "p", clusterId, requestedNamespace = "kube-system" }, "requestedNamespace"),
            (new { name = "p", clusterId, requestedNamespace = "openshift-x" }, "requestedNamespace"),
            (new { name = "p", clusterId, requestedNamespace = "default" }, "requestedNamespace"),
            (new { name = "p", clusterId, requestedNamespace = "Team" }, "requestedNamespace"),
            (new { name = "p", clusterId, requestedNamespace = 7 }, "requestedNamespace"),
            (new { name = "p", clusterId, enforceRunaiScheduler = "yes" }, "enforceRunaiScheduler"),
            (new { name = "p", clusterId, parentId = 7 }, "parentId"),
            (new { name = "p", clusterId, resources = new[] { new { memory = new { deserved = 1 } } } }, "resources[0].memory.units"),
        ];

        foreach (var (body, field) in bad) (await world.Admin.PostAsync(OrgWorld.Projects, body)).IsProblem(400, "invalid_request", field);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_WithATakenNameOrNamespace_Is409PerClusterUntilFree(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var (clusterId, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        var department = await world.DepartmentAsync(clusterId, "p");
        var first = await world.ProjectAsync(clusterId, name: "p");

        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId, parentId = department })).IsProblem(409, "already_exists", "name");
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "q", clusterId, requestedNamespace = "runai-p" })).IsProblem(409, "already_exists", "requestedNamespace");
        await world.ProjectAsync(other, name: "p");
        (await world.Admin.DeleteAsync($"{OrgWorld.Projects}/{first}")).Is(204);
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "q", clusterId, requestedNamespace = "runai-p" })).Is(201);
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId })).IsProblem(409, "already_exists", "requestedNamespace");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Create_TheSameNameAtOnce_OnlyOneWins(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Admin.PostAsync(OrgWorld.Projects, new { name = "p", clusterId })));

        answers.Select(a => (int)a.Status).Order().Should().Equal([201, .. Enumerable.Repeat(409, 19)]);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Update_WithSomeFields_ClearsTheRestButKeepsWhatTheSheetSays(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var id = (await world.Admin.PostAsync(OrgWorld.Projects, new
        {
            name = "p",
            clusterId,
            requestedNamespace = "team-p",
            enforceRunaiScheduler = false,
            defaultNodePools = new[] { "a" },
            resources = new[] { new { gpu = new { deserved = 1 } } },
        })).Is(201).Id;

        var updated = (await world.Admin.PutAsync($"{OrgWorld.Projects}/{id}", new { description = "changed", requestedNamespace = "other", parentId = "other" })).Is(200).Json;

        updated["description"]!.GetValue<string>().Should().Be("changed");
        updated["defaultNodePools"].Should().BeNull();
        updated["enforceRunaiScheduler"]!.GetValue<bool>().Should().BeFalse();
        updated["requestedNamespace"]!.GetValue<string>().Should().Be("team-p");
        updated["status"]!["namespace"]!.GetValue<string>().Should().Be("team-p");
        updated["resources"]![0]!["gpu"]!["deserved"]!.GetValue<double>().Should().Be(1);
        (await world.Admin.PutAsync($"{OrgWorld.Projects}/{id}", new { enforceRunaiScheduler = true })).Is(200).Json["enforceRunaiScheduler"]!.GetValue<bool>().Should().BeTrue();
        (await world.Admin.PutAsync($"{OrgWorld.Projects}/{Guid.NewGuid()}", new { })).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Delete_AProject_LeavesTheOthers(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var (gone, stays) = (await world.ProjectAsync(clusterId), await world.ProjectAsync(clusterId));

        var deleted = (await world.Admin.DeleteAsync($"{OrgWorld.Projects}/{gone}")).Is(204);

        deleted.Text.Should().BeEmpty();
        deleted.Headers.GetValues("X-Revision").Should().ContainSingle();
        (await world.Admin.GetAsync($"{OrgWorld.Projects}/{gone}")).IsProblem(404, "not_found");
        (await world.Admin.DeleteAsync($"{OrgWorld.Projects}/{gone}")).IsProblem(404, "not_found");
        (await world.Admin.GetAsync($"{OrgWorld.Projects}/{stays}")).Is(200);
    }
}
