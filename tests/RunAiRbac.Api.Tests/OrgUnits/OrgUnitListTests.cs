using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

/// <summary>Paging, order and parameters of the lists of departments and projects.</summary>
public sealed class OrgUnitListTests(ApiHosts hosts, PostgresFixture postgres)
{
    private static readonly string[] DepartmentFields =
    [
        "name", "clusterId", "totalGpuQuota", "gpuAllocated", "createdAt", "avgGpuAllocation24h", "avgGpuUtilization24h", "avgGpuMemoryUtilization24h",
        "avgGpuAllocation7d", "avgGpuUtilization7d", "avgGpuMemoryUtilization7d", "avgGpuAllocation30d", "avgGpuUtilization30d", "avgGpuMemoryUtilization30d",
    ];

    private static readonly string[] ProjectFields = [.. DepartmentFields, "departmentId", "parentId", "parentName", "phase"];

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_InPages_GivesEachUnitOnceAndEndsWithoutNext(StorageProvider storage)
    {
        var (_, viewer) = await SevenProjectsAsync(storage);

        var (names, offsets) = (new List<string>(), new List<int?>());
        for (int? offset = 0; offset is not null; offsets.Add(offset))
        {
            var page = (await viewer.GetAsync($"{OrgWorld.Projects}?limit=3&offset={offset}")).Is(200).Json;
            names.AddRange(page["projects"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()));
            offset = page["next"]?.GetValue<int>();
        }

        names.Should().Equal("a1", "a2", "b1", "b2", "c1", "c2", "d1");
        offsets.Should().Equal(3, 6, null);
        (await viewer.GetAsync($"{OrgWorld.Projects}?limit=7")).Is(200).Json.AsObject().Should().NotContainKey("next");
        (await viewer.GetAsync($"{OrgWorld.Projects}?offset=2147483647&limit=500")).Is(200).Json["projects"]!.AsArray().Should().BeEmpty();
        (await viewer.GetAsync($"{OrgWorld.Departments}?limit=1")).Is(200).Json["next"]!.GetValue<int>().Should().Be(1);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_Sorted_FollowsTheFieldThenTheId(StorageProvider storage)
    {
        var (_, viewer) = await SevenProjectsAsync(storage);

        (await NamesAsync(viewer, "sortBy=name&sortOrder=desc")).Should().Equal("d1", "c2", "c1", "b2", "b1", "a2", "a1");
        (await NamesAsync(viewer, "sortOrder=desc")).Should().Equal("d1", "c2", "c1", "b2", "b1", "a2", "a1");
        (await NamesAsync(viewer, "sortBy=createdAt")).Should().Equal("d1", "c2", "c1", "b2", "b1", "a2", "a1");
        (await NamesAsync(viewer, "sortBy=createdAt&sortOrder=desc")).Should().Equal("a1", "a2", "b1", "b2", "c1", "c2", "d1");
        (await NamesAsync(viewer, "sortBy=parentName")).Should().Equal("d1", "b2", "a1", "c2", "c1", "b1", "a2");
        (await NamesAsync(viewer, "sortBy=parentName&sortOrder=desc")).Should().Equal("c2", "c1", "b1", "a2", "d1", "b2", "a1");
        foreach (var equal in new[] { "phase", "totalGpuQuota", "avgGpuAllocation24h" })
            (await NamesAsync(viewer, $"sortBy={equal}&sortOrder=desc")).Should().Equal("d1", "c2", "c1", "b2", "b1", "a2", "a1");
        foreach (var field in ProjectFields) (await NamesAsync(viewer, $"sortBy={field}")).Should().HaveCount(7);
        foreach (var field in DepartmentFields) (await viewer.GetAsync($"{OrgWorld.Departments}?sortBy={field}&sortOrder=desc")).Is(200).Json["departments"]!.AsArray().Should().HaveCount(3);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Search_OfProjects_FindsPartsOfNamesInAnyCase(StorageProvider storage)
    {
        var (_, viewer) = await SevenProjectsAsync(storage);

        (await NamesAsync(viewer, "search=B")).Should().Equal("b1", "b2");
        (await NamesAsync(viewer, "search=1")).Should().Equal("a1", "b1", "c1", "d1");
        foreach (var literal in new[] { "%25", "_", "*", "'", "%5C", "a1%20" }) (await NamesAsync(viewer, "search=" + literal)).Should().BeEmpty();
        (await viewer.GetAsync($"{OrgWorld.Projects}/count?search=1")).Is(200).Json["count"]!.GetValue<int>().Should().Be(4);
        (await viewer.GetAsync($"{OrgWorld.Projects}?search=%00")).IsProblem(400, "invalid_request", "search");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_WithBadParameters_Is400NamingThem(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var nobody = await world.ActorAsync();

        foreach (var path in new[] { OrgWorld.Departments, OrgWorld.Projects })
        {
            (string Query, string Name)[] bad =
            [
                ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("limit=1&limit=2", "limit"), ("offset=-1", "offset"), ("offset=2147483648", "offset"),
                ("sortBy=id", "sortBy"), ("sortBy=Name", "sortBy"), ("sortOrder=up", "sortOrder"), ("filterBy=id==1", "filterBy"), ("filterBy=name", "filterBy"), ("filterBy=name~x", "filterBy"),
            ];
            foreach (var (query, name) in bad) (await nobody.GetAsync($"{path}?{query}")).IsProblem(400, "invalid_request", name);
            (await nobody.GetAsync($"{path}?filterBy=name%3D%3Da,clusterId!%3Db")).Is(200);
            foreach (var term in new[] { "createdAt=@2024", "createdAt<=yesterday", "createdAt<=2024-01-01" })
                (await nobody.GetAsync($"{path}?filterBy={Uri.EscapeDataString(term)}")).IsProblem(400, "invalid_request", "filterBy");
            (await nobody.GetAsync($"{path}?limit=&offset=&sortBy=&unknown=1&limit=5&limit=5")).Is(200);
        }

        (await nobody.GetAsync($"{OrgWorld.Departments}?verbosity=full")).IsProblem(400, "invalid_request", "verbosity");
        (await nobody.GetAsync($"{OrgWorld.Departments}?verbosity=brief")).Is(200);
        (await nobody.GetAsync($"{OrgWorld.Departments}?sortBy=parentName")).IsProblem(400, "invalid_request", "sortBy");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_OfAnySize_TakesOneQuery(StorageProvider storage)
    {
        // A host of its own, so that nobody else's queries are counted.
        using var log = new QueryLog();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(storage), postgres);
        log.Watch(host.Database);
        var world = await OrgWorld.OnAsync(host);
        var clusterId = await world.ClusterAsync();
        var viewer = await world.ActorAsync(("Viewer", "cluster", clusterId));
        var few = await QueriesAsync(log, viewer);

        var departments = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.DepartmentAsync(clusterId)));
        await Task.WhenAll(Enumerable.Range(0, 18).Select(i => world.ProjectAsync(clusterId, departments[i % 6])));
        await world.ClusterAsync();
        var many = await QueriesAsync(log, viewer);

        few.Should().OnlyContain(queries => queries == 1);
        many.Should().Equal(few);
        (await QueriesAsync(log, world.Admin)).Should().Equal(few);
    }

    private static async Task<List<int>> QueriesAsync(QueryLog log, Somebody actor)
    {
        var queries = new List<int>();
        string[] paths = [OrgWorld.Clusters, OrgWorld.Departments, OrgWorld.Departments + "/count", OrgWorld.Projects + "?limit=500&sortBy=parentName", OrgWorld.Projects + "/count"];
        foreach (var path in paths)
        {
            log.Clear();
            (await actor.GetAsync(path)).Is(200);
            // The audit log's sealer asks too, for events, which have a column of that name.
            queries.Add(log.Commands.Count(sql => sql.Contains("scopes", StringComparison.Ordinal) && !sql.Contains("audit_", StringComparison.Ordinal)));
        }

        return queries;
    }

    private static async Task<List<string>> NamesAsync(Somebody actor, string query)
        => [.. (await actor.GetAsync($"{OrgWorld.Projects}?{query}")).Is(200).Json["projects"]!.AsArray().Select(p => p!["name"]!.GetValue<string>())];

    /// <summary>Seven projects, made in falling order of their names, in the departments <c>default</c> (d1, b2, a1) and <c>z</c>; a third department is empty.</summary>
    private async Task<(OrgWorld World, Somebody Viewer)> SevenProjectsAsync(StorageProvider storage)
    {
        var world = await OrgWorld.OnAsync(await hosts.GetAsync(storage));
        var clusterId = await world.ClusterAsync();
        var other = await world.DepartmentAsync(clusterId, "z");
        await world.DepartmentAsync(clusterId, "empty");
        foreach (var name in new[] { "d1", "c2", "c1", "b2", "b1", "a2", "a1" })
            await world.ProjectAsync(clusterId, name is "d1" or "b2" or "a1" ? null : other, name);
        return (world, await world.ActorAsync(("Viewer", "cluster", clusterId)));
    }
}
