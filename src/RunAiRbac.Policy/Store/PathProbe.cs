using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunAiRbac.Policy.Store;

/// <summary>A question in the form in which many <see cref="RuleTable"/>s are asked it without a branch: the nearest four scopes of a path and the roles that would do.</summary>
/// <remarks>
/// A key exclusive-or a scope (in a key's place) is the role's number when the key is that scope's, and too large for one otherwise. Shifting the set of roles,
/// one bit each, right by it leaves the role's bit lowest, and nothing at all of it when the number is too large: three instructions for eight keys.
/// </remarks>
internal readonly struct PathProbe
{
    private readonly Vector256<int> _scope0;
    private readonly Vector256<int> _scope1;
    private readonly Vector256<int> _scope2;
    private readonly Vector256<int> _scope3;
    private readonly Vector256<uint> _holders;
    private readonly int _place0;
    private readonly int _place1;
    private readonly int _place2;
    private readonly int _place3;
    private readonly uint _isDeep;

    /// <summary>A probe for that place's path and those roles, one bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PathProbe(ScopeRecord place, uint holders)
    {
        _scope0 = Vector256.Create(place.Nearest[0] << RuleTable.RoleBits);
        _scope1 = Vector256.Create(place.Nearest[1] << RuleTable.RoleBits);
        _scope2 = Vector256.Create(place.Nearest[2] << RuleTable.RoleBits);
        _scope3 = Vector256.Create(place.Nearest[3] << RuleTable.RoleBits);
        _place0 = place.NearestPlaces[0];
        _place1 = place.NearestPlaces[1];
        _place2 = place.NearestPlaces[2];
        _place3 = place.NearestPlaces[3];
        _holders = Vector256.Create(holders);
        _isDeep = place.IsDeep ? 1u : 0u;
    }

    /// <summary>1 when a key of one of the scopes is among these with one of the roles, or when the path goes on beyond them; else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint AnyIn(ref int keys, int mask)
    {
        var candidates = Test(ref keys, _place0 & mask, _scope0)
            | Test(ref keys, _place1 & mask, _scope1)
            | Test(ref keys, _place2 & mask, _scope2)
            | Test(ref keys, _place3 & mask, _scope3);
        return (Bits(candidates) != 0 ? 1u : 0u) | _isDeep;
    }

    /// <summary>Which: a bit for each lane of each scope's bucket.</summary>
    public uint PlacesIn(ref int keys, int mask)
        => Bits(Test(ref keys, _place0 & mask, _scope0))
            | (Bits(Test(ref keys, _place1 & mask, _scope1)) << RuleTable.Lanes)
            | (Bits(Test(ref keys, _place2 & mask, _scope2)) << (2 * RuleTable.Lanes))
            | (Bits(Test(ref keys, _place3 & mask, _scope3)) << (3 * RuleTable.Lanes));

    /// <summary>In the lowest bit of each lane whether the key there is the scope's with one of the roles; the other bits mean nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<uint> Test(ref int keys, int place, Vector256<int> scope)
    {
        var role = (Vector256.LoadUnsafe(ref keys, (nuint)place) ^ scope).AsUInt32();
        // Elsewhere any role may do: whoever finds the key looks at its role.
        return Avx2.IsSupported ? Avx2.ShiftRightLogicalVariable(_holders, role) : Vector256.LessThanOrEqual(role, Vector256.Create((uint)RuleTable.LookAtRules));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bits(Vector256<uint> candidates) => Vector256.ShiftLeft(candidates, 31).ExtractMostSignificantBits();
}
