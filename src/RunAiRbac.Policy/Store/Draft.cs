namespace RunAiRbac.Policy.Store;

/// <summary>
/// A policy in the making: starts as a copy of a snapshot's state and takes one change after the other. What a change contradicts is an
/// <see cref="ArgumentException"/>, after which the draft is thrown away.
/// </summary>
internal sealed partial class Draft(PolicyState state)
{
    private PolicyState _state = state;

    public PolicyState State => _state;

    public void Apply(PolicyChange change)
    {
        switch (change)
        {
            case RolePut put: _state.Roles = _state.Roles.With(put.Role); break;
            case ScopePut put: PutScope(put.Scope); break;
            case ScopeEnd end: EndScope(end.Id); break;
            case SubjectPut put: PutSubject(put.Subject); break;
            case SubjectEnd end: EndSubject(end.Id); break;
            case MembershipPut put: PutMembership(put.Membership); break;
            case MembershipEnd end: EndMembership(end.UserId, end.GroupId); break;
            case RulePut put: PutRule(put.Rule); break;
            case RuleEnd end: EndRule(end.Id); break;
            case SessionEnd end: _state.Sessions = _state.Sessions.With(end.Session); break;
            default: throw new ArgumentException($"Unknown kind of change `{change?.GetType().Name}`.", nameof(change));
        }
    }

    private void PutRule(RuleFact fact)
    {
        if (_state.Rules.Contains(fact.Id)) throw new ArgumentException($"Rule `{fact.Id}` is there already.", nameof(fact));
        var subject = SubjectNamed(fact.SubjectId);
        var scope = ScopeNamed(fact.ScopeId);
        if (!_state.Roles.TryGetIndex(fact.RoleId, out var role)) throw new ArgumentException($"Rule `{fact.Id}` names the unknown role `{fact.RoleId}`.", nameof(fact));
        var rule = Rule.From(fact, subject, role, scope);
        _state.Rules = _state.Rules.With(rule.Id, rule);
        if (_state.IsAdministratorRule(rule)) _state.Administrators = _state.Administrators.With(rule.Id, rule);
        AddToSubject(rule);
        var place = _state.Scopes[scope]!.Copy();
        place.Rules = place.Rules.With(rule.Id, rule);
        SetScope(scope, place);
    }

    private void EndRule(int id)
    {
        if (!_state.Rules.TryGet(id, out var rule)) throw new ArgumentException($"No rule `{id}`.", nameof(id));
        Forget(rule);
        RemoveFromSubject(rule);
        RemoveFromScope(rule);
    }

    private void Forget(Rule rule)
    {
        _state.Rules = _state.Rules.Without(rule.Id);
        _state.Administrators = _state.Administrators.Without(rule.Id);
    }

    private void AddToSubject(Rule rule)
    {
        var record = _state.Subjects[rule.Subject.Index]!.Copy();
        record.Rules = record.Rules.With(rule, _state.SmallTableLimit);
        SetSubject(rule.Subject.Index, record);
    }

    private void RemoveFromSubject(Rule rule)
    {
        var record = _state.Subjects[rule.Subject.Index]!.Copy();
        record.Rules = record.Rules.Without(rule, _state.SmallTableLimit);
        SetSubject(rule.Subject.Index, record);
    }

    private void RemoveFromScope(Rule rule)
    {
        var record = _state.Scopes[rule.Scope.Index]!.Copy();
        record.Rules = record.Rules.Without(rule.Id);
        SetScope(rule.Scope.Index, record);
    }

    private void SetSubject(int index, SubjectRecord? record) => _state.Subjects = _state.Subjects.With(index, record);

    private void SetScope(int index, ScopeRecord? record) => _state.Scopes = _state.Scopes.With(index, record);

    private int SubjectNamed(string id)
    {
        var index = _state.FindSubjectId(id);
        return index >= 0 ? index : throw new ArgumentException($"No subject `{id}`.", nameof(id));
    }

    private int ScopeNamed(string id)
    {
        var index = _state.FindScope(id);
        return index >= 0 ? index : throw new ArgumentException($"No scope `{id}`.", nameof(id));
    }

    private static int Take(ref FreeHandle? free, int length)
    {
        if (free is null) return length;
        var index = free.Index;
        free = free.Next;
        return index;
    }
}
