using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>One permission at one scope at one moment, asked of one subject's rules after the other.</summary>
internal readonly struct Question(ScopeRecord place, ulong[] holders, int holdersAt, long now) : IMatcher<Rule>
{
    private readonly Vector128<int> _nearest = place.Nearest;
    private readonly Vector128<uint> _nearestHashes = place.NearestHashes;

    /// <summary>UTC microseconds since 1970.</summary>
    public long Now { get; } = now;

    /// <summary>The scope asked about, then those above it, then perhaps padding.</summary>
    public ReadOnlySpan<int> Path => place.Path;

    /// <summary>Whether the role is enabled and holds the permission.</summary>
    public bool Holds(int role) => (holders[holdersAt + (role >> 6)] >> (role & 63) & 1) != 0;

    /// <summary>Whether that rule, found on the path, allows what is asked.</summary>
    public bool Matches(Rule rule) => Holds(rule.RoleIndex) && rule.IsActiveAt(Now);

    /// <summary>A rule written on that very subject that allows it; null when there is none. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Rule? FirstGranting(SubjectRecord subject)
        => subject.Rules.IsOdd || place.IsDeep || subject.Rules.HasAnyOf(_nearest, _nearestHashes) ? subject.Rules.FirstGranting(this) : null;

    /// <summary>Of the rules at a scope of the path, in the form of <see cref="RulesHere"/>, one that allows it.</summary>
    public Rule? Judge(object? rules) => rules switch
    {
        null => null,
        Rule rule => Matches(rule) ? rule : null,
        _ => Unsafe.As<RuleBag>(rules).Rules.TryFind(this, out var found) ? found : null,
    };
}
