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
    private readonly int _words;

    // For each permission, from permission × words on, the enabled roles that hold it.
    private readonly ulong[] _holders;

    private RoleSet(Catalogue catalogue, RoleFact[] roles, IntTree<int> indexes)
    {
        (_catalogue, _roles, _indexes) = (catalogue, roles, indexes);
        _words = Math.Max(1, (roles.Length + 63) / 64);
        _holders = new ulong[catalogue.PermissionCount * _words];
        All = [.. indexes.Values.Select(index => roles[index])];
        Permissions = Array.ConvertAll(roles, role => PermissionSet.Of(catalogue, role));
        for (var role = 0; role < roles.Length; role++)
        {
            if (!roles[role].Enabled) continue;
            foreach (var permission in Permissions[role].Indexes()) _holders[permission * _words + (role >> 6)] |= 1UL << (role & 63);
        }

        KeyHolders = new uint[catalogue.PermissionCount];
        for (var permission = 0; permission < KeyHolders.Length; permission++) KeyHolders[permission] = (uint)_holders[permission * _words] | (1u << RuleTable.LookAtRules);
    }

    /// <summary>
    /// For each permission, what may stand in a key of a <see cref="RuleTable"/> for a rule to allow it, one bit each: the enabled roles that hold it, as far as
    /// keys know them, and <see cref="RuleTable.LookAtRules"/>.
    /// </summary>
    public uint[] KeyHolders { get; }

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

    /// <summary>Whether the role is enabled and holds the permission.</summary>
    public bool IsHolder(int role, int permission) => (_holders[permission * _words + (role >> 6)] >> (role & 63) & 1) != 0;

    public bool TryGetIndex(int id, out int index) => _indexes.TryGet(id, out index);
}
