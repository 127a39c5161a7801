using System.Text.Json;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>What clients give for a department or a project and get back: one JSON document in the row, no part of the policy.</summary>
internal sealed record UnitDetails
{
    private static readonly string[] MemoryUnits = ["Mib", "MB", "GB"];

    public string? Description { get; init; }
    public SchedulingRules? SchedulingRules { get; init; }
    public IReadOnlyList<string>? DefaultNodePools { get; init; }
    public NodeTypes? NodeTypes { get; init; }
    public OvertimeData? OvertimeData { get; init; }
    public IReadOnlyList<Resources>? Resources { get; init; }
    public string? RequestedNamespace { get; init; }
    public bool? EnforceRunaiScheduler { get; init; }

    public static UnitDetails Of(string? json)
        => json is null ? new UnitDetails() : JsonSerializer.Deserialize<UnitDetails>(json, JsonBody.Answers) ?? new UnitDetails();

    public string ToJson() => JsonSerializer.Serialize(this, JsonBody.Answers);

    /// <summary>The quotas for an answer, which always have GPUs.</summary>
    public IReadOnlyList<Resources> Answer() => [.. (Resources ?? []).Select(r => r with { Gpu = r.Gpu ?? new ResourceQuota(0, null, null) })];

    /// <summary>400 for what is malformed beyond its JSON types.</summary>
    public UnitDetails Validated()
    {
        DemandPositive(SchedulingRules);
        DemandNoNulls("defaultNodePools", DefaultNodePools);
        DemandNoNulls("nodeTypes.training", NodeTypes?.Training);
        DemandNoNulls("nodeTypes.workspace", NodeTypes?.Workspace);
        for (var i = 0; i < Resources?.Count; i++) Demand(Resources[i], $"resources[{i}]");
        return this;
    }

    private static void Demand(Resources? resources, string field)
    {
        if (resources is null) throw ApiException.Invalid(field, "must not be null");
        if (resources.NodePool is { Id: null }) throw ApiException.Invalid(field + ".nodePool.id", "is missing");
        if (resources.Memory is null) return;
        if (resources.Memory.Units is null) throw ApiException.Invalid(field + ".memory.units", "is missing");
        if (!MemoryUnits.Contains(resources.Memory.Units)) throw ApiException.Invalid(field + ".memory.units", $"must be one of {string.Join(", ", MemoryUnits)}");
    }

    private static void DemandPositive(SchedulingRules? rules)
    {
        if (rules is null) return;
        DemandPositive("interactiveJobTimeLimitSeconds", rules.InteractiveJobTimeLimitSeconds);
        DemandPositive("interactiveJobMaxIdleDurationSeconds", rules.InteractiveJobMaxIdleDurationSeconds);
        DemandPositive("interactiveJobPreemptIdleDurationSeconds", rules.InteractiveJobPreemptIdleDurationSeconds);
        DemandPositive("trainingJobMaxIdleDurationSeconds", rules.TrainingJobMaxIdleDurationSeconds);
        DemandPositive("trainingJobTimeLimitSeconds", rules.TrainingJobTimeLimitSeconds);
    }

    private static void DemandPositive(string field, long? seconds)
    {
        if (seconds < 1) throw ApiException.Invalid("schedulingRules." + field, "must be at least 1");
    }

    private static void DemandNoNulls(string field, IReadOnlyList<string?>? texts)
    {
        if (texts?.Contains(null) == true) throw ApiException.Invalid(field, "must not hold null");
    }
}
