using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

/// <summary>Who sees which units and who may change them (design.md §6).</summary>
public sealed class OrgUnitVisibilityTests(ApiHosts hosts)
{
    private static readonly (string Path, string? Member)[] Kinds = [(OrgWorld.Clusters, null), (OrgWorld.Departments, "departments"), (OrgWorld.Projects, "projects")];

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Read_ByEachActor_ShowsTheSameInListCountAndGet(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        (Somebody Actor, string[] Sees)[] actors =
        [
            (await world.ActorAsync(), []),
            (await world.ActorAsync(("L1 researcher", "project", tree.P1)), [tree.C, tree.P1]),
            (await world.ActorAsync(("ML engineer", "project", tree.P1)), [tree.C, tree.D2, tree.P1]),
            (await world.ActorAsync(("Department administrator", "department", tree.D2)), [tree.C, tree.D2, tree.P1, tree.P2]),
            (await world.ActorAsync(("Viewer", "department", tree.D3)), [tree.C, tree.D3, tree.P3]),
            (await world.ActorAsync(("Viewer", "cluster", tree.C)), [tree.C, tree.D1, tree.D2, tree.D3, tree.P1, tree.P2, tree.P3]),
            (await world.ActorAsync(("Cloud operator", "cluster", tree.C)), [tree.C]),
            (await world.ActorAsync(("ML engineer", "project", tree.P3), ("L1 researcher", "project", tree.Q)), [tree.C, tree.X, tree.D3, tree.P3, tree.Q]),
        ];

        foreach (var (actor, sees) in actors) await AssertSeesAsync(actor, tree, sees);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Read_AtTheTenant_ShowsEverything(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        var viewer = await world.ActorAsync(("Viewer", "tenant", "1"));

        foreach (var actor in new[] { world.Admin, viewer })
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (path, member) in Kinds) seen.UnionWith(await IdsAsync(actor, path, member));
            seen.Should().Contain(tree.All);
            foreach (var id in tree.All) (await actor.GetAsync(tree.PathOf(id))).Is(200);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Read_WhatOneMayNot_AnswersAsARandomId(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        var viewer = await world.ActorAsync(("Viewer", "department", tree.D3));

        foreach (var id in new[] { tree.X, tree.D2, tree.P1 })
        {
            var path = tree.PathOf(id);
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete, HttpMethod.Put })
            {
                var body = method == HttpMethod.Put ? new { name = "x" } : null;
                var real = (await viewer.SendAsync(method, path, body)).IsProblem(404, "not_found");
                var random = (await viewer.SendAsync(method, path.Replace(id, Guid.NewGuid().ToString(), StringComparison.Ordinal), body)).IsProblem(404, "not_found");
                Essence(real).Should().Be(Essence(random));
            }
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Project_OfSomebodyWhoMayNotReadTheDepartment_NamesNoParent(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        var researcher = await world.ActorAsync(("L1 researcher", "project", tree.P1));

        var got = (await researcher.GetAsync(tree.PathOf(tree.P1))).Is(200).Json.AsObject();
        var listed = (await OrgWorld.AllAsync(researcher, OrgWorld.Projects, "projects")).Single().AsObject();

        got.Should().NotContainKey("parent");
        listed.Should().NotContainKey("parent");
        got["parentId"]!.GetValue<string>().Should().Be(tree.D2);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Change_ByADepartmentAdministrator_EndsAtTheDepartment(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        var actor = await world.ActorAsync(("Department administrator", "department", tree.D2));

        (await actor.PostAsync(OrgWorld.Projects, new { name = "mine", clusterId = tree.C, parentId = tree.D2 })).Is(201);
        (await actor.PutAsync(tree.PathOf(tree.P1), new { description = "mine" })).Is(200);
        (await actor.DeleteAsync(tree.PathOf(tree.P2))).Is(204);
        (await actor.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = tree.C, parentId = tree.D3 })).IsProblem(400, "invalid_request", "parentId");
        (await actor.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = tree.X, parentId = tree.D2 })).IsProblem(400, "invalid_request", "parentId");
        (await actor.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = tree.C })).IsProblem(403, "forbidden");
        (await actor.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = tree.X })).IsProblem(400, "invalid_request", "clusterId");
        (await actor.PutAsync(tree.PathOf(tree.D2), new { description = "mine" })).IsProblem(403, "forbidden");
        (await actor.DeleteAsync(tree.PathOf(tree.D2))).IsProblem(403, "forbidden");
        (await actor.PostAsync(OrgWorld.Departments, new { name = "d", clusterId = tree.C })).IsProblem(403, "forbidden");
        (await actor.PostAsync(OrgWorld.Departments, new { name = "d", clusterId = tree.X })).IsProblem(400, "invalid_request", "clusterId");
        (await actor.PutAsync(tree.PathOf(tree.C), new { name = "mine" })).IsProblem(403, "forbidden");
        (await actor.DeleteAsync(tree.PathOf(tree.C) + "?force=true")).IsProblem(403, "forbidden");
        (await actor.PostAsync(OrgWorld.Clusters, new { name = OrgWorld.NewName("c") })).IsProblem(403, "forbidden");
        (await actor.PutAsync(tree.PathOf(tree.P3), new { description = "mine" })).IsProblem(404, "not_found");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Change_ByWhoMayOnlyRead_Is403AndChangesNothing(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        var viewer = await world.ActorAsync(("Viewer", "cluster", tree.C));

        foreach (var id in new[] { tree.C, tree.D2, tree.P1 })
        {
            (await viewer.PutAsync(tree.PathOf(id), new { name = "x", description = "x" })).IsProblem(403, "forbidden");
            (await viewer.DeleteAsync(tree.PathOf(id))).IsProblem(403, "forbidden");
        }

        (await viewer.PostAsync(OrgWorld.Departments, new { name = "d", clusterId = tree.C })).IsProblem(403, "forbidden");
        (await viewer.PostAsync(OrgWorld.Projects, new { name = "p", clusterId = tree.C, parentId = tree.D2 })).IsProblem(403, "forbidden");
        await AssertSeesAsync(viewer, tree, [tree.C, tree.D1, tree.D2, tree.D3, tree.P1, tree.P2, tree.P3]);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Delete_WithDeleteAtTheNodeOnly_EndsEverythingBelow(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var tree = await Tree.NewAsync(world);
        var @operator = await world.ActorAsync(("Cloud operator", "cluster", tree.C));

        (await @operator.DeleteAsync(tree.PathOf(tree.C) + "?force=true")).Is(204);

        foreach (var id in tree.All)
            (await world.Admin.GetAsync(tree.PathOf(id))).Is(id == tree.X || id == tree.Q ? 200 : 404);
        (await @operator.GetAsync(OrgWorld.Clusters)).Is(200).Json.AsArray().Should().BeEmpty();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Delete_ADepartment_EndsTheRulesBelowAndTheSameNamesReviveNothing(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var department = await world.DepartmentAsync(clusterId, "d");
        var project = await world.ProjectAsync(clusterId, department, "p");
        var (actor, name) = await world.AppAsync();
        int[] rules = [await world.RuleAsync(name, "L1 researcher", "project", project), await world.RuleAsync(name, "Viewer", "department", department)];
        (await AuthorizeAsync(world, name, project)).Should().Be("granted");

        (await world.Admin.DeleteAsync($"{OrgWorld.Departments}/{department}")).Is(204);

        (await AuthorizeAsync(world, name, project)).Should().Be("unknown_scope");
        foreach (var rule in rules) (await world.Admin.GetAsync($"{OrgWorld.Rules}/{rule}")).IsProblem(404, "not_found");
        var again = await world.DepartmentAsync(clusterId, "d");
        var projectAgain = await world.ProjectAsync(clusterId, again, "p");
        (await AuthorizeAsync(world, name, projectAgain)).Should().Be("no_matching_rule");
        (await actor.GetAsync($"{OrgWorld.Projects}/{projectAgain}")).IsProblem(404, "not_found");
        (await actor.GetAsync(OrgWorld.Clusters)).Is(200).Json.AsArray().Should().BeEmpty();
    }

    private static async Task<string> AuthorizeAsync(OrgWorld world, string app, string projectId)
        => (await world.Admin.PostAsync("/api/v1/authorize", new
        {
            subject = new { type = "application", id = app },
            action = "create",
            resourceType = "workloads",
            scope = new { type = "project", id = projectId },
        })).Is(200).Json["reason"]!.GetValue<string>();

    private static async Task AssertSeesAsync(Somebody actor, Tree tree, string[] sees)
    {
        foreach (var (path, member) in Kinds)
        {
            var expected = sees.Where(id => tree.PathOf(id).StartsWith(path, StringComparison.Ordinal)).ToArray();
            (await IdsAsync(actor, path, member)).Should().BeEquivalentTo(expected);
            if (member is not null)
                (await actor.GetAsync(path + "/count")).Is(200).Json["count"]!.GetValue<int>().Should().Be(expected.Length);
        }

        foreach (var id in tree.All) (await actor.GetAsync(tree.PathOf(id))).Is(sees.Contains(id) ? 200 : 404);
    }

    private static async Task<List<string>> IdsAsync(Somebody actor, string path, string? member)
        => member is null
            ? [.. (await actor.GetAsync(path)).Is(200).Json.AsArray().Select(item => item!["uuid"]!.GetValue<string>())]
            : [.. (await OrgWorld.AllAsync(actor, path, member)).Select(item => item["id"]!.GetValue<string>())];

    private static string Essence(Answer answer)
    {
        var problem = answer.Json.DeepClone().AsObject();
        problem.Remove("instance");
        problem.Remove("traceId");
        return problem.ToJsonString();
    }

    /// <summary>Cluster C: D1 (default), D2 with P1 and P2, D3 with P3. Cluster X: Q in its default department.</summary>
    private sealed record Tree(string C, string D1, string D2, string D3, string P1, string P2, string P3, string X, string Q)
    {
        public string[] All => [C, D1, D2, D3, P1, P2, P3, X, Q];

        public string PathOf(string id)
            => (id == C || id == X ? OrgWorld.Clusters : id == D1 || id == D2 || id == D3 ? OrgWorld.Departments : OrgWorld.Projects) + "/" + id;

        public static async Task<Tree> NewAsync(OrgWorld world)
        {
            var (c, x) = (await world.ClusterAsync(), await world.ClusterAsync());
            var (d2, d3) = (await world.DepartmentAsync(c), await world.DepartmentAsync(c));
            return new Tree(c, await world.DefaultDepartmentAsync(c), d2, d3,
                await world.ProjectAsync(c, d2), await world.ProjectAsync(c, d2), await world.ProjectAsync(c, d3), x, await world.ProjectAsync(x));
        }
    }
}
