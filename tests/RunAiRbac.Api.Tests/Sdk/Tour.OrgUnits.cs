using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task ClustersAsync()
    {
        var made = await ClusterAsync();
        (made.Domain, made.Version, made.Status!.State).Should().Be(("cluster.test", "2.22", "Connected"));
        (await Admin.Clusters.GetAsync(made.Uuid, "metadata", Cancel)).Status.Should().BeNull();
        Good(await Admin.Clusters.UpdateAsync(made.Uuid, new ClusterUpdateRequest(made.Name + "-2"), Cancel));
        (await Admin.Clusters.ListAsync("full", false, Cancel)).Should().ContainSingle(c => c.Uuid == made.Uuid).Which.Name.Should().Be(made.Name + "-2");
        Good(await Admin.Clusters.DeleteAsync(made.Uuid, force: true, Cancel));
        Good(await Admin.Clusters.DeleteAsync((await ClusterAsync()).Uuid, cancellationToken: Cancel));
        await NotFoundAsync(() => Admin.Clusters.GetAsync(made.Uuid, cancellationToken: Cancel));
    }

    public async Task DepartmentsAsync()
    {
        var cluster = await ClusterAsync();
        var resources = new[] { new Resources(new NodePool("default", "default"), new ResourceQuota(2.5, null, 1), null, new MemoryQuota(64, null, null, "GB"), null) };
        var made = Good(await Admin.Departments.CreateAsync(
            new DepartmentCreationRequest { Name = NewName("department"), ClusterId = cluster.Uuid, Description = "Vision", Resources = resources, SchedulingRules = new SchedulingRules(60, null, null, null, null) }, Cancel));
        made.Resources.Should().ContainSingle().Which.Gpu!.Deserved.Should().Be(2.5);
        (await Admin.Departments.GetAsync(made.Id, Cancel)).SchedulingRules!.InteractiveJobTimeLimitSeconds.Should().Be(60);
        Good(await Admin.Departments.UpdateAsync(made.Id, new DepartmentUpdateRequest { Description = "Speech" }, Cancel)).Description.Should().Be("Speech");
        Good(await Admin.Departments.RenameAsync(made.Id, made.Name + "-2", Cancel)).Name.Should().Be(made.Name + "-2");
        Good(await Admin.Departments.ReplaceResourcesAsync(made.Id, [], Cancel)).Should().BeEmpty();
        Good(await Admin.Departments.MergeResourcesAsync(made.Id, resources, Cancel)).Should().ContainSingle().Which.Memory!.Units.Should().Be("GB");
        (await Admin.Departments.ListAsync(new DepartmentQuery { Limit = 1, SortBy = "name", SortOrder = "desc", Verbosity = "brief" }, Cancel)).Departments.Should().ContainSingle();
        (await Admin.Departments.ListAllAsync(new DepartmentQuery { Limit = 7 }, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(d => d.Id).And.Contain(d => d.Id == made.Id);
        (await Admin.Departments.CountAsync(cancellationToken: Cancel)).Should().BeGreaterThanOrEqualTo(2);
        Good(await Admin.Departments.DeleteAsync(made.Id, Cancel));
        await NotFoundAsync(() => Admin.Departments.GetAsync(made.Id, Cancel));
    }

    public async Task ProjectsAsync()
    {
        var cluster = await ClusterAsync();
        var made = await ProjectAsync(cluster.Uuid);
        made.Status.Namespace.Should().Be("runai-" + made.Name);
        (await Admin.Projects.GetAsync(made.Id, Cancel)).ClusterId.Should().Be(cluster.Uuid);
        Good(await Admin.Projects.UpdateAsync(made.Id, new ProjectUpdateRequest { Description = "Vision", NodeTypes = new NodeTypes(["a100"], null, null) }, Cancel))
            .NodeTypes!.Training.Should().Equal("a100");
        Good(await Admin.Projects.ReplaceResourcesAsync(made.Id, [new Resources(null, new ResourceQuota(1, null, null), null, null, null)], Cancel)).Should().ContainSingle();
        Good(await Admin.Projects.MergeResourcesAsync(made.Id, [new Resources(null, null, null, null, "high")], Cancel)).Should().ContainSingle().Which.Gpu!.Deserved.Should().Be(1);
        (await Admin.Projects.ListAsync(new ListQuery { Search = made.Name }, Cancel)).Projects.Should().ContainSingle().Which.Description.Should().Be("Vision");
        await ProjectAsync(cluster.Uuid);
        (await Admin.Projects.ListAllAsync(new ListQuery { Limit = 1, Search = "project" }, Cancel).Take(2).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(p => p.Id).And.HaveCount(2);
        (await Admin.Projects.CountAsync(new CountQuery { Search = made.Name }, Cancel)).Should().Be(1);
        Good(await Admin.Projects.RenameAsync(made.Id, made.Name + "-2", Cancel)).Status.Namespace.Should().Be("runai-" + made.Name);
        Good(await Admin.Projects.DeleteAsync(made.Id, Cancel));
        await NotFoundAsync(() => Admin.Projects.GetAsync(made.Id, Cancel));
    }
}
