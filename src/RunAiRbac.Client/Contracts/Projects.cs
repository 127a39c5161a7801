using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new project.</summary>
public sealed record ProjectCreationRequest
{
    /// <summary>Starts with a letter; lower-case letters, digits and hyphens, at most 63; unique in the cluster.</summary>
    public string? Name { get; init; }

    /// <summary>The cluster it belongs to.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The department it belongs to; left out: the cluster's department <c>default</c>.</summary>
    public string? ParentId { get; init; }

    /// <summary>The Kubernetes namespace, unique in the cluster; left out: <c>runai-</c> and the name.</summary>
    public string? RequestedNamespace { get; init; }

    /// <summary>Whether only this scheduler may place its workloads; kept and given back, true when left out.</summary>
    public bool? EnforceRunaiScheduler { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Time limits of jobs.</summary>
    public SchedulingRules? SchedulingRules { get; init; }

    /// <summary>Node pools used when none is named.</summary>
    public IReadOnlyList<string>? DefaultNodePools { get; init; }

    /// <summary>Node types per kind of workload.</summary>
    public NodeTypes? NodeTypes { get; init; }

    /// <summary>Quotas per node pool; none when left out.</summary>
    public IReadOnlyList<Resources>? Resources { get; init; }
}

/// <summary>A project's new attributes; what is left out is cleared, except <c>resources</c> and <c>enforceRunaiScheduler</c>, which then stay.</summary>
public sealed record ProjectUpdateRequest
{
    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>Time limits of jobs.</summary>
    public SchedulingRules? SchedulingRules { get; init; }

    /// <summary>Node pools used when none is named.</summary>
    public IReadOnlyList<string>? DefaultNodePools { get; init; }

    /// <summary>Node types per kind of workload.</summary>
    public NodeTypes? NodeTypes { get; init; }

    /// <summary>Whether only this scheduler may place its workloads; left out, it stays.</summary>
    public bool? EnforceRunaiScheduler { get; init; }

    /// <summary>Quotas per node pool; left out, they stay.</summary>
    public IReadOnlyList<Resources>? Resources { get; init; }
}

/// <summary>A project's state. The namespace is real, the rest constant.</summary>
public sealed record ProjectStatus
{
    /// <summary>The Kubernetes namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Always <c>Ready</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Always empty.</summary>
    public string? PhaseMessage { get; init; }

    /// <summary>When the project was last changed.</summary>
    public DateTimeOffset? LastUpdatedTime { get; init; }

    /// <summary>Always empty.</summary>
    public required IReadOnlyList<NodePoolQuotaStatus> NodePoolQuotaStatuses { get; init; }

    /// <summary>Always zero.</summary>
    public required QuotaStatus QuotaStatus { get; init; }

    /// <summary>Always empty.</summary>
    public required IReadOnlyDictionary<string, string> AdditionalStatusData { get; init; }
}

/// <summary>What takes effect in a project: here always the project's own values.</summary>
/// <param name="SchedulingRules">Time limits of jobs.</param>
/// <param name="DefaultNodePools">Node pools used when none is named.</param>
/// <param name="NodeTypes">Node types per kind of workload.</param>
public sealed record ProjectEffective(SchedulingRules? SchedulingRules, IReadOnlyList<string>? DefaultNodePools, NodeTypes? NodeTypes);

/// <summary>A project.</summary>
public sealed record Project
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The cluster it belongs to.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The department it belongs to.</summary>
    public required string ParentId { get; init; }

    /// <summary>The namespace that was asked for; null when none was. <c>status.namespace</c> has the one that counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? RequestedNamespace { get; init; }

    /// <summary>Whether only this scheduler may place its workloads.</summary>
    public required bool EnforceRunaiScheduler { get; init; }

    /// <summary>For people.</summary>
    public required string Description { get; init; }

    /// <summary>Time limits of jobs.</summary>
    public SchedulingRules? SchedulingRules { get; init; }

    /// <summary>Node pools used when none is named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string>? DefaultNodePools { get; init; }

    /// <summary>Node types per kind of workload.</summary>
    public NodeTypes? NodeTypes { get; init; }

    /// <summary>Its state.</summary>
    public required ProjectStatus Status { get; init; }

    /// <summary>Sums: constants.</summary>
    public required TotalResources TotalResources { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who created it, by the name of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Who last changed it, by the name of the moment.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary>The department and the cluster above it, as far as the caller may read them.</summary>
    public OrgUnitParent? Parent { get; init; }

    /// <summary>What takes effect.</summary>
    public required ProjectEffective Effective { get; init; }

    /// <summary>Average usage: never measured here.</summary>
    public OvertimeData? OvertimeData { get; init; }

    /// <summary>Quotas per node pool, as they were given.</summary>
    public required IReadOnlyList<Resources> Resources { get; init; }

    /// <summary>The consistency token of the state this was read at or made.</summary>
    public string? Revision { get; init; }
}

/// <summary>A page of projects.</summary>
/// <param name="Projects">This page.</param>
/// <param name="Next">The next page's offset; absent at the end.</param>
public sealed record ProjectPage(IReadOnlyList<Project> Projects, int? Next);
