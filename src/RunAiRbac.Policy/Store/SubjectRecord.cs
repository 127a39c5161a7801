using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// What a snapshot knows of a subject, with what a check of most users reads in one place. INVARIANT: never written to once a snapshot or a draft's array holds
/// it; changes are copies.
/// </summary>
internal sealed class SubjectRecord
{
    public const int NoScope = -1;

    private static readonly Uncommon Plain = new([], null, default, default);

    /// <summary>The rules written on this subject itself. A field, so that a check reads it where it lies.</summary>
    public RuleTable Rules = RuleTable.Empty;

    private FewGroups _fewGroups;
    private Uncommon _uncommon = Plain;
    private int _groupCount;
    private bool _hasPassword;

    public SubjectRecord(SubjectFact fact)
    {
        Kind = fact.Kind;
        Set(fact);
    }

    public PackedNames Names { get; private set; }

    public int SessionEpoch { get; private set; }

    /// <summary>The index of the home scope; <see cref="NoScope"/>: the tenant.</summary>
    public int Home { get; set; } = NoScope;

    public SubjectKind Kind { get; }

    public bool Enabled { get; private set; }

    /// <summary>Whether it is a part of all authenticated.</summary>
    public bool IsAuthenticated => Kind is SubjectKind.User or SubjectKind.Application;

    /// <summary>Whether it could sign in with a password.</summary>
    public bool CanUsePassword => _hasPassword && Enabled;

    /// <summary>A user's groups, ended memberships too.</summary>
    public ReadOnlySpan<int> Groups => _groupCount <= FewGroups.Most ? MemoryMarshal.CreateReadOnlySpan(ref _fewGroups[0], _groupCount) : _uncommon.Groups;

    /// <summary>The end of each membership; empty when none ends.</summary>
    public ReadOnlySpan<long> GroupEnds => _uncommon.GroupEnds;

    /// <summary>A group's users.</summary>
    public IntTree<Nothing> Members
    {
        get => _uncommon.Members;
        set => _uncommon = _uncommon with { Members = value };
    }

    /// <summary>Those of a group's users whose membership has an end, so that counting the others needs no look at them.</summary>
    public IntTree<Nothing> EndingMembers
    {
        get => _uncommon.EndingMembers;
        set => _uncommon = _uncommon with { EndingMembers = value };
    }

    /// <summary>The attributes, with that home scope's id.</summary>
    public SubjectFact Fact(string? home) => new(Names.Id, Kind, Names.Key, Names.Name, Enabled, SessionEpoch, home, _hasPassword);

    public SubjectRecord Copy() => (SubjectRecord)MemberwiseClone();

    public SubjectRecord With(SubjectFact fact)
    {
        var copy = Copy();
        copy.Set(fact);
        return copy;
    }

    public long GroupEnd(int position) => GroupEnds.IsEmpty ? long.MaxValue : GroupEnds[position];

    /// <summary>The end of the membership in that group, of which it is a member.</summary>
    public long EndIn(int group) => GroupEnd(Groups.IndexOf(group));

    public SubjectRecord WithGroup(int group, long validUntil)
    {
        var at = Groups.IndexOf(group);
        var ends = Ends();
        if (at >= 0) ends[at] = validUntil;
        var copy = Copy();
        if (at >= 0) copy.SetGroups(Groups, ends);
        else copy.SetGroups([.. Groups, group], [.. ends, validUntil]);
        return copy;
    }

    public SubjectRecord WithoutGroup(int group)
    {
        var at = Groups.IndexOf(group);
        var copy = Copy();
        copy.SetGroups([.. Groups[..at], .. Groups[(at + 1)..]], ArrayEdits.RemoveAt(Ends(), at));
        return copy;
    }

    /// <summary>Sets the groups and the end of each.</summary>
    public void SetGroups(ReadOnlySpan<int> groups, ReadOnlySpan<long> ends)
    {
        var many = groups.Length > FewGroups.Most ? groups.ToArray() : [];
        var ending = ends.ContainsAnyExcept(long.MaxValue) ? ends.ToArray() : null;
        if (many.Length == 0) groups.CopyTo(_fewGroups);
        _groupCount = groups.Length;
        if (many.Length > 0 || ending is not null || !ReferenceEquals(_uncommon, Plain)) _uncommon = new Uncommon(many, ending, Members, EndingMembers);
    }

    private long[] Ends()
    {
        var ends = new long[_groupCount];
        for (var i = 0; i < ends.Length; i++) ends[i] = GroupEnd(i);
        return ends;
    }

    private void Set(SubjectFact fact)
    {
        Names = PackedNames.Of(fact.Id, fact.Key, fact.Name);
        SessionEpoch = fact.SessionEpoch;
        Enabled = fact.Enabled;
        _hasPassword = fact.HasPassword;
    }

    /// <summary>As many groups as lie in the record itself.</summary>
    [InlineArray(Most)]
    private struct FewGroups
    {
        public const int Most = 6;

        private int _first;
    }

    /// <summary>What most subjects do not have: many groups, memberships that end, members.</summary>
    private sealed record Uncommon(int[] Groups, long[]? GroupEnds, IntTree<Nothing> Members, IntTree<Nothing> EndingMembers);
}
