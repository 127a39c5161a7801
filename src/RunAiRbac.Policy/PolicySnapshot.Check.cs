using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>One check: the hot path.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>Decides one check. Total: anything unknown is a deny with its reason. Allocates nothing; the cost does not depend on the number of rules.</summary>
    /// <param name="subject">The subject, possibly unknown.</param>
    /// <param name="resourceType">The catalogue's index, or -1.</param>
    /// <param name="action">The catalogue's index, or -1.</param>
    /// <param name="scope">The scope, possibly unknown.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
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
            if (question.FirstGranting(principal) is { } rule) return new Decision(DecisionReason.Granted, rule);
        }

        return decision;
    }

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
        var roles = _state.Roles;
        question = new Question(place, roles.Holders, (resourceType * _actionCount + action) * roles.Words, now);
        return DecisionReason.NoMatchingRule;
    }

    private Decision Answer(in Question question, SubjectRecord record, ReadOnlySpan<int> groups, ReadOnlySpan<long> groupEnds)
    {
        var rule = question.FirstGranting(record);
        for (var i = 0; rule is null && i < groups.Length; i++)
        {
            if (!groupEnds.IsEmpty && groupEnds[i] <= question.Now) continue;
            rule = question.FirstGranting(_state.Subjects[groups[i]]!);
        }

        if (rule is null && record.IsAuthenticated && _state.Subjects[_state.AllAuthenticated] is { } everybody) rule = question.FirstGranting(everybody);

        return rule is null ? new Decision(DecisionReason.NoMatchingRule, null) : new Decision(DecisionReason.Granted, rule);
    }
}
