using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

/// <summary>Departments and projects under another name: the name changes, and nothing else.</summary>
public sealed class UnitRenameTests(ApiHosts hosts)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_AProject_KeepsItsNamespaceRulesAndDecisions(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var project = (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "old-p", clusterId = await world.ClusterAsync(), description = "stays", defaultNodePools = new[] { "a100" } })).Is(201);
        var (actor, app) = await world.AppAsync();
        var ruleId = await world.RuleAsync(app, "L1 researcher", "project", project.Id);

        var renamed = await RenameAsync(world.Admin, OrgWorld.Projects, project.Id, "new-p");

        renamed.Is(200).Headers.GetValues("X-Revision").Should().Equal(renamed.Json["revision"]!.GetValue<string>());
        var got = (await world.Admin.GetAsync($"{OrgWorld.Projects}/{project.Id}")).Is(200);
        foreach (var answer in new[] { renamed, got }) Rest(answer).Should().Be(Rest(project, ("name", "new-p")));
        got.Json["status"]!["namespace"]!.GetValue<string>().Should().Be("runai-old-p");
        var rule = (await world.Admin.GetAsync($"{OrgWorld.Rules}/{ruleId}")).Is(200).Json;
        (rule["scopeId"]!.GetValue<string>(), rule["scopeName"]!.GetValue<string>()).Should().Be((project.Id, "new-p"));
        (await SentenceAsync(actor, "project", project.Id)).Should().Be($"Application {app} is a L1 researcher in Project new-p");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_ADepartment_IsSeenInItsProjectsRulesAndSearches(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var department = (await world.Admin.PostAsync(OrgWorld.Departments, new { name = "old-d", clusterId, description = "stays" })).Is(201);
        var project = await world.ProjectAsync(clusterId, department.Id);
        var (actor, app) = await world.AppAsync(("L1 researcher", "department", department.Id));
        var name = OrgWorld.NewName("new-d");

        (await RenameAsync(world.Admin, OrgWorld.Departments, department.Id, name)).Is(200);

        Rest((await world.Admin.GetAsync($"{OrgWorld.Departments}/{department.Id}")).Is(200)).Should().Be(Rest(department, ("name", name)));
        (await world.Admin.GetAsync($"{OrgWorld.Projects}/{project}")).Is(200).Json["parent"]!["name"]!.GetValue<string>().Should().Be(name);
        (await world.Admin.GetAsync($"{OrgWorld.Projects}?filterBy=parentName=={name}")).Is(200).Json["projects"]!.AsArray().Single()!["id"]!.GetValue<string>().Should().Be(project);
        (await world.Admin.GetAsync($"{OrgWorld.Rules}?filterBy=scopeName=={name}")).Is(200).Json["accessRules"]!.AsArray().Should().ContainSingle();
        (await SentenceAsync(actor, "project", project)).Should().Be($"Application {app} is a L1 researcher in Department {name}");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_ToATakenName_Is409AndTheOldOneIsFreeAfterwards(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var (clusterId, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        foreach (var path in new[] { OrgWorld.Departments, OrgWorld.Projects })
        {
            var first = (await world.Admin.PostAsync(path, new { name = "first", clusterId })).Is(201).Id;
            var second = (await world.Admin.PostAsync(path, new { name = "second", clusterId })).Is(201).Id;
            (await world.Admin.PostAsync(path, new { name = "elsewhere", clusterId = other })).Is(201);

            (await RenameAsync(world.Admin, path, first, "second")).IsProblem(409, "already_exists", "name");
            (await RenameAsync(world.Admin, path, first, "elsewhere")).Is(200);
            (await RenameAsync(world.Admin, path, second, "first")).Is(200);
            (await world.Admin.DeleteAsync($"{path}/{second}")).Is(204);
            (await RenameAsync(world.Admin, path, first, "first")).Is(200);
            (await RenameAsync(world.Admin, path, second, "third")).IsProblem(404, "not_found");
        }

        // The namespace went on with the renamed project.
        (await world.Admin.PostAsync(OrgWorld.Projects, new { name = "elsewhere", clusterId, requestedNamespace = "runai-first" })).IsProblem(409, "already_exists", "requestedNamespace");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_ToTheSameNameOrNone_ChangesNothing(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        foreach (var path in new[] { OrgWorld.Departments, OrgWorld.Projects })
        {
            var made = (await world.Admin.PostAsync(path, new { name = "same", clusterId })).Is(201);

            foreach (var body in new[] { """{"name":"same"}""", "{}", """{"name":null}""", """{"Name":"other","description":"other"}""" })
                Rest((await world.Admin.SendAsync(HttpMethod.Patch, $"{path}/{made.Id}", body)).Is(200)).Should().Be(Rest(made));
            (await world.Admin.GetAsync($"{path}/{made.Id}")).Is(200).Json["updatedAt"]!.GetValue<string>().Should().Be(made.Json["updatedAt"]!.GetValue<string>());
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_TheDefaultDepartment_Is409AndProjectsGoOnGoingThere(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var id = await world.DefaultDepartmentAsync(clusterId);

        (await RenameAsync(world.Admin, OrgWorld.Departments, id, "main")).IsProblem(409, "conflict", "name");
        (await RenameAsync(world.Admin, OrgWorld.Departments, id, "default")).Is(200);
        (await RenameAsync(world.Admin, OrgWorld.Departments, await world.DepartmentAsync(clusterId), "default")).IsProblem(409, "already_exists", "name");

        var project = await world.ProjectAsync(clusterId);
        (await world.Admin.GetAsync($"{OrgWorld.Projects}/{project}")).Is(200).Json["parentId"]!.GetValue<string>().Should().Be(id);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_WithABadNameOrWithoutTheRight_IsRefused(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var department = await world.DepartmentAsync(clusterId, "d");
        var project = await world.ProjectAsync(clusterId, department, "p");
        var (viewer, nobody) = (await world.ActorAsync(("Viewer", "cluster", clusterId)), await world.ActorAsync());
        string[] bad = ["", "P", "1p", "a b", "a_b", new('a', 64), "p\u0000"];
        foreach (var (path, id, worse) in new[] { (OrgWorld.Departments, department, bad), (OrgWorld.Projects, project, [.. bad, "default", "kube-x", "openshift-x", "p-"]) })
        {
            foreach (var name in worse) (await RenameAsync(world.Admin, path, id, name)).IsProblem(400, "invalid_request", "name");
            (await world.Admin.SendAsync(HttpMethod.Patch, $"{path}/{id}", """{"name":7}""")).IsProblem(400, "invalid_request", "name");
            (await RenameAsync(viewer, path, id, "x")).IsProblem(403, "forbidden");
            (await viewer.SendAsync(HttpMethod.Patch, $"{path}/{id}", "{}")).IsProblem(403, "forbidden");
            (await RenameAsync(nobody, path, id, "x")).IsProblem(404, "not_found");
            (await RenameAsync(world.Admin, path, Guid.NewGuid().ToString(), "x")).IsProblem(404, "not_found");
        }

        var manager = await world.ActorAsync(("Department administrator", "department", department));
        (await RenameAsync(manager, OrgWorld.Projects, project, new string('a', 63))).Is(200);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rename_LeavesAnEventWithBothNames(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        foreach (var (path, id) in new[] { (OrgWorld.Departments, await world.DepartmentAsync(clusterId, "earlier")), (OrgWorld.Projects, await world.ProjectAsync(clusterId, name: "earlier")) })
        {
            var name = OrgWorld.NewName("later");
            (await RenameAsync(world.Admin, path, id, name)).Is(200);

            var log = (await world.Admin.GetAsync($"/api/v1/audit/log?start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z&filterBy=action==update,entity_name=={name}")).Is(200);
            log.Text.Should().Contain(id).And.Contain("\"name\":\"earlier\"").And.Contain($"\"name\":\"{name}\"");
        }
    }

    private static Task<Answer> RenameAsync(Somebody actor, string path, string id, string name) => actor.SendAsync(HttpMethod.Patch, $"{path}/{id}", new { name });

    private static async Task<string?> SentenceAsync(Somebody actor, string type, string id)
        => (await actor.PostAsync("/api/v1/authorize", new { action = "create", resourceType = "workloads", scope = new { type, id } })).Is(200).Json["accessRule"]?["sentence"]?.GetValue<string>();

    /// <summary>A unit as text, without what every change changes.</summary>
    private static string Rest(Answer answer, params (string Member, string Value)[] changes)
    {
        var unit = answer.Json.AsObject();
        foreach (var member in new[] { "updatedAt", "revision" }) unit.Remove(member);
        unit["status"]?.AsObject().Remove("lastUpdatedTime");
        foreach (var (member, value) in changes) unit[member] = JsonValue.Create(value);
        return unit.ToJsonString();
    }
}
