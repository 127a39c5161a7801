using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.OrgUnits;

internal sealed class ProjectsService(PolicyStore store, Writes writes, TimeProvider clock)
{
    public async Task<Project> CreateAsync(HttpContext context, ProjectCreationRequest request)
    {
        var name = UnitNames.Project(request.Name);
        var clusterId = request.ClusterId ?? throw ApiException.Invalid("clusterId", "is missing");
        var @namespace = UnitNames.Namespace(request.RequestedNamespace, name);
        var parentId = string.IsNullOrEmpty(request.ParentId) ? null : request.ParentId;
        var details = new UnitDetails
        {
            Description = request.Description,
            SchedulingRules = request.SchedulingRules,
            DefaultNodePools = request.DefaultNodePools,
            NodeTypes = request.NodeTypes,
            Resources = request.Resources,
            RequestedNamespace = string.IsNullOrEmpty(request.RequestedNamespace) ? null : request.RequestedNamespace,
            EnforceRunaiScheduler = request.EnforceRunaiScheduler,
        }.Validated();
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var department = acting.Snapshot.Scope(UnitPlace.DemandCreateProject(acting, clusterId, parentId));
            return Answer(await UnitWrites.AddProjectAsync(write, clusterId, department.Id, name, @namespace, details), new Sight(acting));
        });
        return written.Value with { Revision = written.Version.Token };
    }

    public async Task<ProjectPage> ListAsync(HttpContext context, ListQuery list)
    {
        var (sight, tenantId) = Reading(context);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var records = UnitRows.Readable(db, tenantId, UnitTypes.Project, sight).Search(list.Search).Records(db, sight);
        var (rows, next) = await UnitFields.Projects.PageAsync(records, list, context.RequestAborted);
        return new ProjectPage([.. rows.Select(row => Answer(row, sight))], next);
    }

    public async Task<CountResponse> CountAsync(HttpContext context, ListQuery list)
    {
        var (sight, tenantId) = Reading(context);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var records = UnitRows.Readable(db, tenantId, UnitTypes.Project, sight).Search(list.Search).Records(db, sight);
        return new CountResponse(await UnitFields.Projects.Filter(records, list).LongCountAsync(context.RequestAborted));
    }

    public async Task<Project> GetAsync(HttpContext context, string id)
    {
        var (sight, tenantId) = Reading(context);
        sight.Find(UnitTypes.Project, id);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await UnitRows.FindAsync(db, tenantId, UnitTypes.Project, id, context.RequestAborted) ?? throw ApiException.NotFound(UnitTypes.Project);
        return Answer(row, sight) with { Revision = context.Admitted().Version.Token };
    }

    public async Task<Project> UpdateAsync(HttpContext context, string id, ProjectUpdateRequest request)
    {
        var details = new UnitDetails
        {
            Description = request.Description,
            SchedulingRules = request.SchedulingRules,
            DefaultNodePools = request.DefaultNodePools,
            NodeTypes = request.NodeTypes,
            Resources = request.Resources,
            EnforceRunaiScheduler = request.EnforceRunaiScheduler,
        }.Validated();
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var sight = new Sight(acting);
            var row = await UnitWrites.RowAsync(write, sight.Demand(UnitTypes.Project, "update", id));
            var before = UnitDetails.Of(row.Details);
            row.Details = (details with
            {
                Resources = details.Resources ?? before.Resources,
                EnforceRunaiScheduler = details.EnforceRunaiScheduler ?? before.EnforceRunaiScheduler,
                RequestedNamespace = before.RequestedNamespace,
            }).ToJson();
            write.TouchScope(row);
            return Answer(row, sight);
        });
        return written.Value with { Revision = written.Version.Token };
    }

    /// <summary>The namespace stays: things in the cluster live in it.</summary>
    public async Task<Project> RenameAsync(HttpContext context, string id, UnitPatch request)
    {
        var name = request.Name is null ? null : UnitNames.Project(request.Name);
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var sight = new Sight(acting);
            var row = await UnitWrites.RowAsync(write, sight.Demand(UnitTypes.Project, "update", id));
            if (name is not null) await UnitWrites.RenameAsync(write, row, name);
            return Answer(row, sight);
        });
        return written.Value with { Revision = written.Version.Token };
    }

    public Task DeleteAsync(HttpContext context, string id) => writes.RunAsync(context, async (write, acting) =>
    {
        new Sight(acting).Demand(UnitTypes.Project, "delete", id);
        await write.EndScopeAsync(id, CancellationToken.None);
        return id;
    });

    private (Sight Sight, int TenantId) Reading(HttpContext context)
    {
        var admitted = context.Admitted();
        return (new Sight(Acting.Reading(admitted, clock)), admitted.Caller.TenantId);
    }

    private static Project Answer(ScopeRow row, Sight sight)
    {
        var details = UnitDetails.Of(row.Details);
        var updatedAt = Micros.ToTime(row.UpdatedAt);
        return new Project
        {
            Id = row.Id,
            Name = row.Name,
            ClusterId = row.ClusterId!,
            ParentId = row.ParentId!,
            RequestedNamespace = details.RequestedNamespace,
            EnforceRunaiScheduler = details.EnforceRunaiScheduler ?? true,
            Description = details.Description ?? string.Empty,
            SchedulingRules = details.SchedulingRules,
            DefaultNodePools = details.DefaultNodePools,
            NodeTypes = details.NodeTypes,
            Status = Status(row.Namespace, updatedAt),
            TotalResources = TotalResources.Constant,
            CreatedAt = Micros.ToTime(row.CreatedAt),
            UpdatedAt = updatedAt,
            CreatedBy = sight.Acting.Snapshot.NameOf(row.CreatedById, row.CreatedByName),
            UpdatedBy = sight.Acting.Snapshot.NameOf(row.UpdatedById, row.UpdatedByName ?? row.CreatedByName),
            Parent = Parent(row.ParentId!, sight),
            Effective = new ProjectEffective(details.SchedulingRules, details.DefaultNodePools, details.NodeTypes),
            Resources = details.Answer(),
        };
    }

    private static ProjectStatus Status(string? @namespace, DateTimeOffset updatedAt) => new()
    {
        Namespace = @namespace,
        Phase = "Ready",
        PhaseMessage = string.Empty,
        LastUpdatedTime = updatedAt,
        NodePoolQuotaStatuses = [],
        QuotaStatus = QuotaStatus.Constant,
        AdditionalStatusData = new Dictionary<string, string>(),
    };

    // The names above a project only as far as the caller may read them.
    private static OrgUnitParent? Parent(string id, Sight sight)
    {
        var snapshot = sight.Acting.Snapshot;
        var department = snapshot.FindScope(id);
        if (!sight.Sees(department)) return null;
        var cluster = snapshot.Parent(department);
        var above = sight.Sees(cluster) ? new OrgUnitParent(snapshot.Scope(cluster).Id, snapshot.Scope(cluster).Name, null) : null;
        return new OrgUnitParent(id, snapshot.Scope(department).Name, above);
    }
}
