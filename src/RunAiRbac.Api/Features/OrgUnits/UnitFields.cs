namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>Fields of lists that departments and projects share.</summary>
internal static class UnitFields
{
    /// <summary>Quota and usage, of which nothing is known here: accepted, and the same for all (reference sheet §8.13).</summary>
    public static readonly string[] Quota =
    [
        "totalGpuQuota", "gpuAllocated",
        "avgGpuAllocation24h", "avgGpuUtilization24h", "avgGpuMemoryUtilization24h",
        "avgGpuAllocation7d", "avgGpuUtilization7d", "avgGpuMemoryUtilization7d",
        "avgGpuAllocation30d", "avgGpuUtilization30d", "avgGpuMemoryUtilization30d",
    ];
}
