using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new cluster.</summary>
/// <param name="Name">Unique in the tenant; 1 to 253 visible characters.</param>
/// <param name="Domain">The address under which it is reached; kept and given back.</param>
/// <param name="Version">The version it runs; kept and given back.</param>
public sealed record ClusterCreationRequest(string? Name, string? Domain, string? Version);

/// <summary>A cluster's new name.</summary>
/// <param name="Name">Unique in the tenant; 1 to 253 visible characters.</param>
public sealed record ClusterUpdateRequest(string? Name);

/// <summary>A cluster.</summary>
public sealed record DisplayedCluster
{
    /// <summary>The cluster's id.</summary>
    public required string Uuid { get; init; }

    /// <summary>The tenant.</summary>
    public required int TenantId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The address under which it is reached.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Domain { get; init; }

    /// <summary>The version it runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Version { get; init; }

    /// <summary>Its state; left out with <c>verbosity=metadata</c>.</summary>
    public ClusterStatus? Status { get; init; }

    /// <summary>When it was last changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Always null: deleted clusters are not shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Always null: clusters do not report to this service.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastLiveness { get; init; }

    /// <summary>Always null: clusters are deleted at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DeleteRequestedAt { get; init; }

    /// <summary>The consistency token of the state this was read at or made.</summary>
    public string? Revision { get; init; }
}

/// <summary>A cluster's state. Clusters do not report to this service: everything here is constant.</summary>
/// <param name="State">Always <c>Connected</c>.</param>
/// <param name="Conditions">Always empty.</param>
/// <param name="Operands">Always empty.</param>
/// <param name="Platform">Nothing known.</param>
/// <param name="Config">Nothing known.</param>
/// <param name="Dependencies">Always empty.</param>
public sealed record ClusterStatus(
    string State,
    IReadOnlyList<ClusterCondition> Conditions,
    IReadOnlyDictionary<string, string> Operands,
    ClusterPlatform Platform,
    ClusterReportedConfig Config,
    ClusterDependencies Dependencies)
{
    /// <summary>The state of every cluster.</summary>
    public static ClusterStatus Constant { get; } = new(
        "Connected", [], new Dictionary<string, string>(), new ClusterPlatform(null, null), new ClusterReportedConfig(null, null, null),
        new ClusterDependencies(new Dictionary<string, string>(), new Dictionary<string, string>()));
}

/// <summary>One observation about a cluster.</summary>
/// <param name="LastTransitionTime">When it last changed.</param>
/// <param name="Message">For people.</param>
/// <param name="ObservedGeneration">The generation it was made at.</param>
/// <param name="Reason">For programs.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Type">What was observed.</param>
public sealed record ClusterCondition(DateTimeOffset LastTransitionTime, string Message, long? ObservedGeneration, string Reason, string Status, string Type);

/// <summary>What a cluster runs on.</summary>
/// <param name="Type">The kind of Kubernetes.</param>
/// <param name="KubeVersion">Its version.</param>
public sealed record ClusterPlatform(string? Type, string? KubeVersion);

/// <summary>How a cluster is set up.</summary>
/// <param name="WorkloadOwnershipProtection">Whether workloads are protected from other owners.</param>
/// <param name="SubdomainEnabled">Whether workloads get subdomains.</param>
/// <param name="IngressClass">The class of its ingress.</param>
public sealed record ClusterReportedConfig(bool? WorkloadOwnershipProtection, bool? SubdomainEnabled, string? IngressClass);

/// <summary>What a cluster needs.</summary>
/// <param name="Required">What it must have.</param>
/// <param name="Optional">What it may have.</param>
public sealed record ClusterDependencies(IReadOnlyDictionary<string, string> Required, IReadOnlyDictionary<string, string> Optional);

/// <summary>A request was accepted.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Message">For people.</param>
public sealed record AcceptedResponse(int Code, string Message);
