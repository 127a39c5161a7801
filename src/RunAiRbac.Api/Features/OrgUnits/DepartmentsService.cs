using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.OrgUnits;

internal sealed class DepartmentsService(PolicyStore store, Writes writes, TimeProvider clock)
{
    public async Task<Department> CreateAsync(HttpContext context, DepartmentCreationRequest request)
    {
        var name = UnitNames.Department(request.Name);
        var clusterId = request.ClusterId ?? throw ApiException.Invalid("clusterId", "is missing");
        var details = new UnitDetails
        {
            Description = request.Description,
            SchedulingRules = request.SchedulingRules,
            DefaultNodePools = request.DefaultNodePools,
            NodeTypes = request.NodeTypes,
            OvertimeData = request.OvertimeData,
            Resources = request.Resources,
        }.Validated();
        var written = await writes.RunAsync(context, (write, acting) =>
        {
            UnitPlace.DemandCreateDepartment(acting, clusterId);
            return UnitWrites.AddDepartmentAsync(write, clusterId, name, details);
        });
        return Answer(written.Value, written.Version.Snapshot) with { Revision = written.Version.Token };
    }

    public async Task<DepartmentPage> ListAsync(HttpContext context, ListQuery list)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        var (rows, next) = await UnitFields.Departments.PageAsync(Readable(context, db), list, context.RequestAborted);
        return new DepartmentPage([.. rows.Select(row => Answer(row, context.Admitted().Snapshot))], next);
    }

    public async Task<CountResponse> CountAsync(HttpContext context, ListQuery list)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        return new CountResponse(await UnitFields.Departments.Filter(Readable(context, db), list).LongCountAsync(context.RequestAborted));
    }

    public async Task<Department> GetAsync(HttpContext context, string id)
    {
        var admitted = context.Admitted();
        new Sight(Acting.Reading(admitted, clock)).Find(UnitTypes.Department, id);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await UnitRows.FindAsync(db, admitted.Caller.TenantId, UnitTypes.Department, id, context.RequestAborted)
            ?? throw ApiException.NotFound(UnitTypes.Department);
        return Answer(row, admitted.Snapshot) with { Revision = admitted.Version.Token };
    }

    public async Task<Department> UpdateAsync(HttpContext context, string id, DepartmentUpdateRequest request)
    {
        var details = new UnitDetails
        {
            Description = request.Description,
            SchedulingRules = request.SchedulingRules,
            DefaultNodePools = request.DefaultNodePools,
            NodeTypes = request.NodeTypes,
            Resources = request.Resources,
        }.Validated();
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var row = await UnitWrites.RowAsync(write, new Sight(acting).Demand(UnitTypes.Department, "update", id));
            var before = UnitDetails.Of(row.Details);
            row.Details = (details with { Resources = details.Resources ?? before.Resources, OvertimeData = before.OvertimeData }).ToJson();
            write.TouchScope(row);
            return row;
        });
        return Answer(written.Value, written.Version.Snapshot) with { Revision = written.Version.Token };
    }

    public async Task<Department> RenameAsync(HttpContext context, string id, UnitPatch request)
    {
        var name = request.Name is null ? null : UnitNames.Department(request.Name);
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var row = await UnitWrites.RowAsync(write, new Sight(acting).Demand(UnitTypes.Department, "update", id));
            if (name is null || row.Name == name) return row;
            if (row.Name == UnitNames.Default)
                throw new ApiException(Kinds.Conflict, "The department `default` keeps its name: projects without `parentId` go there.", "name");
            await UnitWrites.RenameAsync(write, row, name);
            return row;
        });
        return Answer(written.Value, written.Version.Snapshot) with { Revision = written.Version.Token };
    }

    public Task DeleteAsync(HttpContext context, string id) => writes.RunAsync(context, async (write, acting) =>
    {
        var department = new Sight(acting).Demand(UnitTypes.Department, "delete", id);
        if (acting.Snapshot.Scope(department).Name == UnitNames.Default)
            throw new ApiException(Kinds.Conflict, "The department `default` stays as long as its cluster.");
        await write.EndScopeAsync(id, CancellationToken.None);
        return id;
    });

    /// <summary>`search` is no parameter of this list: ignored like every unknown one.</summary>
    private IQueryable<UnitRecord> Readable(HttpContext context, RunAiRbacDbContext db)
    {
        var admitted = context.Admitted();
        var sight = new Sight(Acting.Reading(admitted, clock));
        return UnitRows.Readable(db, admitted.Caller.TenantId, UnitTypes.Department, sight).Records(db, sight);
    }

    private static Department Answer(ScopeRow row, PolicySnapshot snapshot)
    {
        var details = UnitDetails.Of(row.Details);
        return new Department
        {
            Id = row.Id,
            Name = row.Name,
            ClusterId = row.ClusterId!,
            Description = details.Description ?? string.Empty,
            SchedulingRules = details.SchedulingRules,
            DefaultNodePools = details.DefaultNodePools,
            NodeTypes = details.NodeTypes,
            OvertimeData = details.OvertimeData,
            Resources = details.Answer(),
            ProjectsAggregatedResources = [],
            Status = DepartmentStatus.Constant,
            TotalResources = TotalResources.Constant,
            CreatedAt = Micros.ToTime(row.CreatedAt),
            UpdatedAt = Micros.ToTime(row.UpdatedAt),
            CreatedBy = snapshot.NameOf(row.CreatedById, row.CreatedByName),
            UpdatedBy = snapshot.NameOf(row.UpdatedById, row.UpdatedByName ?? row.CreatedByName),
        };
    }
}
