using RunAiRbac.Api.Http;
using Fields = RunAiRbac.Api.Http.ListFields<RunAiRbac.Api.Features.OrgUnits.UnitRecord>;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>What the lists of departments and projects sort and filter by.</summary>
internal static class UnitFields
{
    /// <summary>Quota and usage, of which nothing is known here.</summary>
    private static readonly string[] Quota =
    [
        "totalGpuQuota", "gpuAllocated",
        "avgGpuAllocation24h", "avgGpuUtilization24h", "avgGpuMemoryUtilization24h",
        "avgGpuAllocation7d", "avgGpuUtilization7d", "avgGpuMemoryUtilization7d",
        "avgGpuAllocation30d", "avgGpuUtilization30d", "avgGpuMemoryUtilization30d",
    ];

    /// <summary>The sheet's phases in ordinal order; a living project is `Ready` here.</summary>
    private static readonly string[] Phases = ["Creating", "Deleted", "Deleting", "Initializing", "NotReady", "Ready", "Unknown", "Updating"];

    public static readonly ListTable<UnitRecord> Departments = new(
        Fields.Text("id", x => x.Row.Id),
        [
            Fields.Text("name", x => x.Row.NameFolded),
            Fields.Text("clusterId", x => x.Row.ClusterId),
            Fields.Date("createdAt", x => x.Row.CreatedAt),
            .. Fields.Empty(Quota),
        ],
        defaultSort: "name");

    public static readonly ListTable<UnitRecord> Projects = new(
        Fields.Text("id", x => x.Row.Id),
        [
            Fields.Text("name", x => x.Row.NameFolded),
            Fields.Text("clusterId", x => x.Row.ClusterId),
            Fields.Text("departmentId", x => x.Row.ParentId),
            Fields.Text("parentId", x => x.Row.ParentId),
            Fields.Text("parentName", x => x.ParentFolded),
            Fields.Choice("phase", Phases, x => x.Row.DeletedAt == null ? 5 : 1),
            Fields.Date("createdAt", x => x.Row.CreatedAt),
            .. Fields.Empty(Quota),
        ],
        defaultSort: "name");
}
