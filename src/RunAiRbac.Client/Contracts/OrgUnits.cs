namespace RunAiRbac.Client.Contracts;

/// <summary>A change of a department or project; what is absent stays.</summary>
/// <param name="Name">Its new name.</param>
public sealed record UnitPatch(string? Name);

/// <summary>Time limits of jobs, in whole seconds of at least 1; kept and given back.</summary>
/// <param name="InteractiveJobTimeLimitSeconds">How long an interactive job may run.</param>
/// <param name="InteractiveJobMaxIdleDurationSeconds">How long an interactive job may idle.</param>
/// <param name="InteractiveJobPreemptIdleDurationSeconds">How long a preemptible interactive job may idle.</param>
/// <param name="TrainingJobMaxIdleDurationSeconds">How long a training job may idle.</param>
/// <param name="TrainingJobTimeLimitSeconds">How long a training job may run.</param>
public sealed record SchedulingRules(
    long? InteractiveJobTimeLimitSeconds,
    long? InteractiveJobMaxIdleDurationSeconds,
    long? InteractiveJobPreemptIdleDurationSeconds,
    long? TrainingJobMaxIdleDurationSeconds,
    long? TrainingJobTimeLimitSeconds);

/// <summary>The node types that kinds of workloads may use; kept and given back.</summary>
/// <param name="Training">For trainings.</param>
/// <param name="Workspace">For workspaces.</param>
/// <param name="Names">Names shown for node types.</param>
public sealed record NodeTypes(IReadOnlyList<string>? Training, IReadOnlyList<string>? Workspace, IReadOnlyDictionary<string, string>? Names);

/// <summary>A node pool.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record NodePool(string? Id, string? Name);

/// <summary>A quota of GPUs or CPUs.</summary>
/// <param name="Deserved">What is guaranteed.</param>
/// <param name="Limit">What is never exceeded.</param>
/// <param name="OverQuotaWeight">The share of what is left over.</param>
public sealed record ResourceQuota(double? Deserved, double? Limit, double? OverQuotaWeight);

/// <summary>A quota of memory.</summary>
/// <param name="Deserved">What is guaranteed.</param>
/// <param name="Limit">What is never exceeded.</param>
/// <param name="OverQuotaWeight">The share of what is left over.</param>
/// <param name="Units"><c>Mib</c>, <c>MB</c> or <c>GB</c>; required.</param>
public sealed record MemoryQuota(double? Deserved, double? Limit, double? OverQuotaWeight, string? Units);

/// <summary>Quotas in one node pool; kept and given back.</summary>
/// <param name="NodePool">The node pool; its id is required.</param>
/// <param name="Gpu">GPUs; answers always have it.</param>
/// <param name="Cpu">CPUs.</param>
/// <param name="Memory">Memory.</param>
/// <param name="Priority">The priority's name.</param>
public sealed record Resources(NodePool? NodePool, ResourceQuota? Gpu, ResourceQuota? Cpu, MemoryQuota? Memory, string? Priority);

/// <summary>Average usage over some time.</summary>
/// <param name="AverageGpuAllocation">GPUs allocated.</param>
/// <param name="AverageGpuUtilization">Their utilization.</param>
/// <param name="AverageGpuMemoryUtilization">Their memory's utilization.</param>
/// <param name="UpdatedAt">When it was measured.</param>
public sealed record OvertimeRange(double? AverageGpuAllocation, double? AverageGpuUtilization, double? AverageGpuMemoryUtilization, DateTimeOffset? UpdatedAt);

/// <summary>Average usage; given back as it came, never measured here.</summary>
/// <param name="Range24hData">Over a day.</param>
/// <param name="Range7dData">Over a week.</param>
/// <param name="Range30dData">Over 30 days.</param>
public sealed record OvertimeData(OvertimeRange? Range24hData, OvertimeRange? Range7dData, OvertimeRange? Range30dData);

/// <summary>Sums of quotas. Not computed here: always zero.</summary>
/// <param name="GpuQuota">GPUs.</param>
/// <param name="CpuQuota">CPUs.</param>
/// <param name="MemoryQuota">Memory.</param>
public sealed record TotalResources(double? GpuQuota, double? CpuQuota, double? MemoryQuota)
{
    /// <summary>The sums of every unit.</summary>
    public static TotalResources Constant { get; } = new(0, 0, 0);
}

/// <summary>Amounts in use.</summary>
/// <param name="Gpu">GPUs.</param>
/// <param name="Cpu">CPUs.</param>
/// <param name="Memory">Memory.</param>
public sealed record QuotaUse(double Gpu, double Cpu, double Memory)
{
    /// <summary>Nothing.</summary>
    public static QuotaUse None { get; } = new(0, 0, 0);
}

/// <summary>How much of the quota is in use. Not known here: always zero.</summary>
/// <param name="Allocated">What is allocated.</param>
/// <param name="AllocatedNonPreemptible">What of it cannot be taken back.</param>
/// <param name="Requested">What is asked for.</param>
public sealed record QuotaStatus(QuotaUse Allocated, QuotaUse AllocatedNonPreemptible, QuotaUse Requested)
{
    /// <summary>The use of every unit.</summary>
    public static QuotaStatus Constant { get; } = new(QuotaUse.None, QuotaUse.None, QuotaUse.None);
}

/// <summary>As <see cref="QuotaStatus"/>, in one node pool.</summary>
/// <param name="NodePoolId">The node pool's id.</param>
/// <param name="NodePoolName">The node pool's name.</param>
/// <param name="Allocated">What is allocated.</param>
/// <param name="AllocatedNonPreemptible">What of it cannot be taken back.</param>
/// <param name="Requested">What is asked for.</param>
public sealed record NodePoolQuotaStatus(
    string NodePoolId, string NodePoolName, QuotaUse Allocated, QuotaUse AllocatedNonPreemptible, QuotaUse Requested);

/// <summary>A unit above another.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Parent">The unit above it.</param>
public sealed record OrgUnitParent(string Id, string Name, OrgUnitParent? Parent);

/// <summary>A unit below another.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Children">The units below it.</param>
public sealed record OrgUnitChild(string Id, string Name, IReadOnlyList<OrgUnitChild>? Children);
