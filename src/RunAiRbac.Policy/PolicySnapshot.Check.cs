using System.Numerics;
using System.Runtime.CompilerServices;
using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>One check: the hot path.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>The most groups that are asked at once: a bit each, and two for the user and all authenticated.</summary>
    private const int GroupsAtOnce = 62;

    /// <summary>Decides one check. Total: anything unknown is a deny with its reason. Allocates nothing; the cost does not depend on the number of rules.</summary>
    /// <param name="subject">The subject, possibly unknown.</param>
    /// <param name="resourceType">The catalogue's index, or -1.</param>
    /// <param name="action">The catalogue's index, or -1.</param>
    /// <param name="scope">The scope, possibly unknown.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    // Not inlined, and neither are the look-ups: all in one caller are more than the compiler is willing to inline, and what it then leaves out is the innermost.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Decision Check(SubjectRef subject, int resourceType, int action, ScopeRef scope, long now)
    {
        var reason = Prepare(subject, resourceType, action, scope, now, out var record, out var question);
        if (reason != DecisionReason.NoMatchingRule) return new Decision(reason, null);
        return Answer(question, record!, record!.Groups, record.GroupEnds);
    }

    /// <summary>As <see cref="Check(SubjectRef, int, int, ScopeRef, long)"/>, with these groups standing in for a user's stored memberships; unknown ones count for nothing.</summary>
    public Decision Check(SubjectRef subject, ReadOnlySpan<SubjectRef> groups, int resourceType, int action, ScopeRef scope, long now)
    {
        var reason = Prepare(subject, resourceType, action, scope, now, out var record, out var question);
        if (reason != DecisionReason.NoMatchingRule) return new Decision(reason, null);
        var decision = Answer(question, record!, [], []);
        if (decision.Allowed || record!.Kind != SubjectKind.User) return decision;
        foreach (var group in groups)
        {
            if (_state.Subjects[group.Index] is not { Kind: SubjectKind.Group } principal) continue;
            if (principal.Rules.FirstGranting(question) is { } rule) return new Decision(DecisionReason.Granted, rule);
        }

        return decision;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DecisionReason Prepare(SubjectRef subject, int resourceType, int action, ScopeRef scope, long now, out SubjectRecord? record, out Question question)
    {
        record = null;
        question = default;
        if ((uint)resourceType >= (uint)_resourceTypeCount) return DecisionReason.UnknownResourceType;
        if ((uint)action >= (uint)_actionCount) return DecisionReason.UnknownAction;
        if (_state.Scopes[scope.Index] is not { } place) return DecisionReason.UnknownScope;
        record = _state.Subjects[subject.Index];
        if (record is null) return DecisionReason.UnknownSubject;
        if (!record.Enabled) return DecisionReason.SubjectDisabled;
        question = new Question(place, _state.Roles, resourceType * _actionCount + action, now);
        return DecisionReason.NoMatchingRule;
    }

    private Decision Answer(in Question question, SubjectRecord record, ReadOnlySpan<int> groups, ReadOnlySpan<long> groupEnds)
    {
        // All principals are asked before any answer is looked at: a branch between them would wait for memory each time, and half of the time be guessed wrong.
        var probe = new PathProbe(question.Place, question.Holders);
        ulong candidates = record.Rules.MayGrant(probe);
        if (_everybody is { } everybody && record.IsAuthenticated) candidates |= (ulong)everybody.Rules.MayGrant(probe) << 1;
        while (true)
        {
            var some = groups.Length <= GroupsAtOnce ? groups : groups[..GroupsAtOnce];
            for (var i = 0; i < some.Length; i++)
            {
                if (!groupEnds.IsEmpty && groupEnds[i] <= question.Now) continue;
                candidates |= (ulong)_state.Subjects[some[i]]!.Rules.MayGrant(probe) << (i + 2);
            }

            if (candidates != 0 && FirstGranting(question, record, some, candidates) is { } rule) return new Decision(DecisionReason.Granted, rule);
            if (some.Length == groups.Length) return new Decision(DecisionReason.NoMatchingRule, null);
            candidates = 0;
            groups = groups[GroupsAtOnce..];
            if (!groupEnds.IsEmpty) groupEnds = groupEnds[GroupsAtOnce..];
        }
    }

    /// <summary>A rule that allows it, of the principals whose bits are set.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Rule? FirstGranting(in Question question, SubjectRecord record, ReadOnlySpan<int> groups, ulong candidates)
    {
        for (; candidates != 0; candidates &= candidates - 1)
        {
            var at = BitOperations.TrailingZeroCount(candidates);
            var principal = at switch
            {
                0 => record,
                1 => _everybody!,
                _ => _state.Subjects[groups[at - 2]]!,
            };
            if (principal.Rules.FirstGranting(question) is { } rule) return rule;
        }

        return null;
    }
}
