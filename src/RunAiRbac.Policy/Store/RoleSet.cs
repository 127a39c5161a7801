using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// The roles by index, and for each permission the set of enabled roles that hold it, as bits by role index. Roles are few and never end, so a change copies it
/// all.
/// </summary>
internal sealed class RoleSet
{
    private readonly Catalogue _catalogue;
    private readonly RoleFact[] _roles;
    private readonly IntTree<int> _indexes;
    private readonly ulong[] _holders;

    private RoleSet(Catalogue catalogue, RoleFact[] roles, IntTree<int> indexes)
    {
        (_catalogue, _roles, _indexes) = (catalogue, roles, indexes);
        Words = Math.Max(1, (roles.Length + 63) / 64);
        _holders = new ulong[catalogue.PermissionCount * Words];
        All = [.. indexes.Values.Select(index => roles[index])];
        Permissions = Array.ConvertAll(roles, role => PermissionSet.Of(catalogue, role));
        for (var role = 0; role < roles.Length; role++)
        {
            if (!roles[role].Enabled) continue;
            foreach (var permission in Permissions[role].Indexes()) _holders[permission * Words + (role >> 6)] |= 1UL << (role & 63);
        }
    }

    /// <summary>Words of <see cref="Holders"/> for one permission.</summary>
    public int Words { get; }

    /// <summary>For each permission, from <c>permission × Words</c> on, the enabled roles that hold it.</summary>
    public ulong[] Holders => _holders;

    /// <summary>What each role holds, enabled or not, by role index.</summary>
    public PermissionSet[] Permissions { get; }

    /// <summary>All roles by id.</summary>
    public IReadOnlyList<RoleFact> All { get; }

    public RoleFact this[int index] => _roles[index];

    public static RoleSet From(Catalogue catalogue, IEnumerable<RoleFact> roles)
    {
        var all = roles.OrderBy(role => role.Id).ToArray();
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Id == all[i - 1].Id) throw new ArgumentException($"Role `{all[i].Id}` is there twice.", nameof(roles));
        }

        return new RoleSet(catalogue, all, IntTree<int>.FromSorted(Array.ConvertAll(all, role => role.Id), [.. Enumerable.Range(0, all.Length)]));
    }

    public RoleSet With(RoleFact role)
    {
        return TryGetIndex(role.Id, out var index)
            ? new RoleSet(_catalogue, ArrayEdits.ReplaceAt(_roles, index, role), _indexes)
            : new RoleSet(_catalogue, [.. _roles, role], _indexes.With(role.Id, _roles.Length));
    }

    public bool TryGetIndex(int id, out int index) => _indexes.TryGet(id, out index);
}
