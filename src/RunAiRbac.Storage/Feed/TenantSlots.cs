using System.Collections;

namespace RunAiRbac.Storage;

/// <summary>The tenants' slots by id. Immutable: tenants come and go rarely and are looked up with every request.</summary>
internal sealed class TenantSlots : IEnumerable<TenantSlot>
{
    private readonly Dictionary<int, TenantSlot> _slots;

    private TenantSlots(Dictionary<int, TenantSlot> slots) => _slots = slots;

    public static TenantSlots None { get; } = new([]);

    public IReadOnlyCollection<int> TenantIds => _slots.Keys;

    public TenantSlot? Find(int tenantId) => _slots.GetValueOrDefault(tenantId);

    public TenantSlots With(int tenantId, TenantSlot slot) => new(new(_slots) { [tenantId] = slot });

    public TenantSlots Only(HashSet<int> tenantIds)
        => _slots.Keys.All(tenantIds.Contains) ? this : new(_slots.Where(x => tenantIds.Contains(x.Key)).ToDictionary());

    public IEnumerator<TenantSlot> GetEnumerator() => _slots.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
