using RunAiRbac.Api.Errors;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>Quotas by node pool.</summary>
internal static class UnitResources
{
    public const string MergeDescription =
        "Each entry is for the node pool of its `nodePool.id` (without one: for none in particular). Of an entry that is there already, what is given replaces what was; "
        + "other node pools stay as they are.";

    /// <summary>The standing entries with the changes; 400 when two changes are for one node pool.</summary>
    public static IReadOnlyList<Resources> Merge(IReadOnlyList<Resources> standing, IReadOnlyList<Resources> changes)
    {
        var merged = standing.ToList();
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (changes.Take(i).Any(earlier => earlier.NodePool?.Id == change.NodePool?.Id)) throw ApiException.Invalid($"resources[{i}].nodePool.id", "is given twice");
            var index = merged.FindIndex(entry => entry.NodePool?.Id == change.NodePool?.Id);
            if (index < 0) merged.Add(change);
            else merged[index] = Merge(merged[index], change);
        }

        return merged;
    }

    private static Resources Merge(Resources standing, Resources change) => new(
        change.NodePool is { Name: not null } ? change.NodePool : standing.NodePool,
        change.Gpu ?? standing.Gpu,
        change.Cpu ?? standing.Cpu,
        change.Memory ?? standing.Memory,
        change.Priority ?? standing.Priority);
}
