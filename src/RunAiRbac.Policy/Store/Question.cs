using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>One permission at one scope at one moment, asked of one subject's rules after the other.</summary>
internal readonly struct Question(int[] path, ulong[] holders, int holdersAt, long now) : IMatcher<Rule>
{
    /// <summary>UTC microseconds since 1970.</summary>
    public long Now { get; } = now;

    /// <summary>Whether that rule, found on the path, allows what is asked.</summary>
    public bool Matches(Rule rule)
        => (holders[holdersAt + (rule.RoleIndex >> 6)] >> (rule.RoleIndex & 63) & 1) != 0 && rule.IsActiveAt(Now);

    /// <summary>A rule written on that very subject that allows it; null when there is none. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Rule? FirstGranting(SubjectRecord subject)
    {
        if (subject.Rules.IsOdd) return FirstGrantingOdd(subject.Rules);
        for (var at = 0; at < path.Length; at += 4)
        {
            if (MayHaveAny(subject.Rules.Keys, at) && FirstGrantingFrom(subject.Rules, at) is { } rule) return rule;
        }

        return null;
    }

    /// <summary>Whether the keys hold one of the four scopes of the path from that place on: one vector comparison each, no branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MayHaveAny(int[] keys, int at)
    {
        var mask = (uint)((keys.Length / RuleTable.Lanes) - 1);
        ref var first = ref MemoryMarshal.GetArrayDataReference(keys);
        // INVARIANT: a path's length is a multiple of four, a table's that of its lanes times a power of two; the mask keeps every load inside.
        return (Hits(ref first, mask, path[at]) | Hits(ref first, mask, path[at + 1]) | Hits(ref first, mask, path[at + 2]) | Hits(ref first, mask, path[at + 3]))
            != Vector256<int>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Hits(ref int first, uint mask, int scope)
        => Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)(RuleTable.Hash(scope) & mask) * RuleTable.Lanes), Vector256.Create(scope));

    private Rule? FirstGrantingFrom(in RuleTable rules, int at)
    {
        for (var i = at; i < at + 4; i++)
        {
            if (path[i] >= 0 && Judge(rules.Find(path[i])) is { } rule) return rule;
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Rule? FirstGrantingOdd(in RuleTable rules)
    {
        foreach (var scope in path)
        {
            if (scope >= 0 && Judge(rules.Find(scope)) is { } rule) return rule;
        }

        return null;
    }

    private Rule? Judge(object? rules) => rules switch
    {
        null => null,
        Rule rule => Matches(rule) ? rule : null,
        _ => Unsafe.As<RuleBag>(rules).Rules.TryFind(this, out var found) ? found : null,
    };
}
