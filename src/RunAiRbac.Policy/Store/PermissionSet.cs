using System.Numerics;

namespace RunAiRbac.Policy.Store;

/// <summary>A set of permissions as bits by the catalogue's numbering. Pairs it does not know, and actions that nobody is granted, are left out.</summary>
internal readonly struct PermissionSet(ulong[] words)
{
    public int Count => words.Sum(BitOperations.PopCount);

    public static PermissionSet None(Catalogue catalogue) => new(new ulong[(catalogue.PermissionCount + 63) / 64]);

    public static PermissionSet Of(Catalogue catalogue, RoleFact role)
    {
        var set = None(catalogue);
        foreach (var permission in role.Permissions)
        {
            foreach (var action in permission.Actions) set.Add(catalogue.FindPermission(permission.ResourceType, action));
        }

        return set;
    }

    public bool Contains(int permission) => (words[permission >> 6] >> (permission & 63) & 1) != 0;

    public bool Contains(PermissionSet other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if ((other[i] & ~words[i]) != 0) return false;
        }

        return true;
    }

    /// <summary>Puts all of the other set into this one, which nobody else must hold yet.</summary>
    public void Add(PermissionSet other)
    {
        for (var i = 0; i < words.Length; i++) words[i] |= other[i];
    }

    /// <summary>The permissions of this set that the other one lacks.</summary>
    public PermissionSet Except(PermissionSet other)
    {
        var left = (ulong[])words.Clone();
        for (var i = 0; i < left.Length; i++) left[i] &= ~other[i];
        return new PermissionSet(left);
    }

    /// <summary>The permissions that are in both.</summary>
    public PermissionSet And(PermissionSet other)
    {
        var both = (ulong[])words.Clone();
        for (var i = 0; i < both.Length; i++) both[i] &= other[i];
        return new PermissionSet(both);
    }

    public void Add(int permission)
    {
        if (permission >= 0) words[permission >> 6] |= 1UL << (permission & 63);
    }

    /// <summary>The permissions in ascending order.</summary>
    public IEnumerable<int> Indexes()
    {
        for (var i = 0; i < words.Length; i++)
        {
            for (var rest = words[i]; rest != 0; rest &= rest - 1) yield return i * 64 + BitOperations.TrailingZeroCount(rest);
        }
    }

    private ulong this[int word] => words[word];
}
