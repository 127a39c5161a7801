using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>What a snapshot knows of a subject. INVARIANT: never written to once a snapshot or a draft's array holds it; changes are copies.</summary>
internal sealed class SubjectRecord
{
    public const int NoScope = -1;

    public SubjectRecord(SubjectFact fact)
    {
        Fact = fact;
        Kind = fact.Kind;
        Enabled = fact.Enabled;
    }

    /// <summary>The attributes; its <c>HomeScopeId</c> counts for nothing, see <see cref="Home"/>.</summary>
    public SubjectFact Fact { get; private set; }

    public SubjectKind Kind { get; }

    public bool Enabled { get; private set; }

    /// <summary>Whether it is a part of all authenticated.</summary>
    public bool IsAuthenticated => Kind is SubjectKind.User or SubjectKind.Application;

    /// <summary>The index of the home scope; <see cref="NoScope"/>: the tenant.</summary>
    public int Home { get; set; } = NoScope;

    /// <summary>The rules written on this subject itself.</summary>
    public RuleTable Rules = RuleTable.Empty;

    private FewGroups _fewGroups;
    private int _groupCount;
    private int[]? _manyGroups;

    /// <summary>A user's groups, ended memberships too.</summary>
    public ReadOnlySpan<int> Groups
    {
        get => _manyGroups ?? MemoryMarshal.CreateReadOnlySpan(ref _fewGroups[0], _groupCount);
        set
        {
            _groupCount = value.Length;
            _manyGroups = value.Length > FewGroups.Most ? value.ToArray() : null;
            if (_manyGroups is null) value.CopyTo(_fewGroups);
        }
    }

    /// <summary>The end of each membership; null when none ends.</summary>
    public long[]? GroupEnds { get; set; }

    /// <summary>A group's users.</summary>
    public IntTree<Nothing> Members { get; set; }

    public SubjectRecord Copy() => (SubjectRecord)MemberwiseClone();

    public SubjectRecord With(SubjectFact fact)
    {
        var copy = Copy();
        copy.Fact = fact;
        copy.Enabled = fact.Enabled;
        return copy;
    }

    public long GroupEnd(int position) => GroupEnds is null ? long.MaxValue : GroupEnds[position];

    /// <summary>The end of the membership in that group, of which it is a member.</summary>
    public long EndIn(int group) => GroupEnd(Groups.IndexOf(group));

    public SubjectRecord WithGroup(int group, long validUntil)
    {
        var copy = Copy();
        var at = Groups.IndexOf(group);
        if (at < 0) copy.Groups = [.. Groups, group];
        var ends = Enumerable.Range(0, Groups.Length).Select(GroupEnd).ToList();
        if (at < 0) ends.Add(validUntil);
        else ends[at] = validUntil;
        copy.GroupEnds = EndsOrNull(ends);
        return copy;
    }

    public SubjectRecord WithoutGroup(int group)
    {
        var copy = Copy();
        var at = Groups.IndexOf(group);
        copy.Groups = [.. Groups[..at], .. Groups[(at + 1)..]];
        if (GroupEnds is not null) copy.GroupEnds = EndsOrNull(ArrayEdits.RemoveAt(GroupEnds, at));
        return copy;
    }

    public static long[]? EndsOrNull(IReadOnlyCollection<long> ends) => ends.Any(end => end != long.MaxValue) ? [.. ends] : null;

    /// <summary>As many groups as lie in the record itself.</summary>
    [InlineArray(Most)]
    private struct FewGroups
    {
        public const int Most = 6;

        private int _first;
    }
}
