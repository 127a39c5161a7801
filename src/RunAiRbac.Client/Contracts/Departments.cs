using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new department.</summary>
public sealed record DepartmentCreationRequest
{
    /// <summary>Starts with a letter; lower-case letters, digits and hyphens, at most 63; unique in the cluster.</summary>
    public string? Name { get; init; }

    /// <summary>The cluster it belongs to.</summary>
    public string? ClusterId { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Time limits of jobs.</summary>
    public SchedulingRules? SchedulingRules { get; init; }

    /// <summary>Node pools used when none is named.</summary>
    public IReadOnlyList<string>? DefaultNodePools { get; init; }

    /// <summary>Node types per kind of workload.</summary>
    public NodeTypes? NodeTypes { get; init; }

    /// <summary>Average usage, kept as it comes.</summary>
    public OvertimeData? OvertimeData { get; init; }

    /// <summary>Quotas per node pool; none when left out.</summary>
    public IReadOnlyList<Resources>? Resources { get; init; }
}

/// <summary>A department's new attributes; what is left out is cleared, except <c>resources</c>, which then stay.</summary>
public sealed record DepartmentUpdateRequest
{
    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Time limits of jobs.</summary>
    public SchedulingRules? SchedulingRules { get; init; }

    /// <summary>Node pools used when none is named.</summary>
    public IReadOnlyList<string>? DefaultNodePools { get; init; }

    /// <summary>Node types per kind of workload.</summary>
    public NodeTypes? NodeTypes { get; init; }

    /// <summary>Quotas per node pool; left out, they stay.</summary>
    public IReadOnlyList<Resources>? Resources { get; init; }
}

/// <summary>Sums of the quotas of a department's projects in one node pool. Not computed here: the list is always empty.</summary>
/// <param name="NodePool">The node pool.</param>
/// <param name="Gpu">GPUs.</param>
/// <param name="Cpu">CPUs.</param>
/// <param name="Memory">Memory.</param>
public sealed record AggregatedResources(NodePool NodePool, ResourceQuota? Gpu, ResourceQuota? Cpu, MemoryQuota? Memory);

/// <summary>How much of a department's quota is in use. Not known here: constants.</summary>
/// <param name="NodePoolQuotaStatuses">Per node pool; always empty.</param>
/// <param name="QuotaStatus">In all; always zero.</param>
public sealed record DepartmentStatus(IReadOnlyList<NodePoolQuotaStatus> NodePoolQuotaStatuses, QuotaStatus QuotaStatus)
{
    /// <summary>The status of every department.</summary>
    public static DepartmentStatus Constant { get; } = new([], QuotaStatus.Constant);
}

/// <summary>A department.</summary>
public sealed record Department
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The cluster it belongs to.</summary>
    public required string ClusterId { get; init; }

    /// <summary>For people.</summary>
    public required string Description { get; init; }

    /// <summary>Time limits of jobs.</summary>
    public SchedulingRules? SchedulingRules { get; init; }

    /// <summary>Node pools used when none is named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? DefaultNodePools { get; init; }

    /// <summary>Node types per kind of workload.</summary>
    public NodeTypes? NodeTypes { get; init; }

    /// <summary>Average usage, as it was given.</summary>
    public OvertimeData? OvertimeData { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who created it, by the name of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Who last changed it, by the name of the moment.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary>Not filled in: ask for the projects.</summary>
    public IReadOnlyList<OrgUnitChild>? Children { get; init; }

    /// <summary>Always empty.</summary>
    public IReadOnlyList<AggregatedResources>? ProjectsAggregatedResources { get; init; }

    /// <summary>How much is in use: constants.</summary>
    public required DepartmentStatus Status { get; init; }

    /// <summary>Sums: constants.</summary>
    public required TotalResources TotalResources { get; init; }

    /// <summary>Quotas per node pool, as they were given.</summary>
    public required IReadOnlyList<Resources> Resources { get; init; }

    /// <summary>The consistency token of the state this was read at or made.</summary>
    public string? Revision { get; init; }
}

/// <summary>A page of departments.</summary>
/// <param name="Departments">This page.</param>
/// <param name="Next">The next page's offset; absent at the end.</param>
public sealed record DepartmentPage(IReadOnlyList<Department> Departments, int? Next);
