using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>Subjects and memberships.</summary>
internal sealed partial class Draft
{
    private void PutSubject(SubjectFact fact)
    {
        FactChecks.Subject(fact);
        var index = _state.FindSubjectId(fact.Id);
        var old = index < 0 ? null : _state.Subjects[index];
        if (old is not null && old.Kind != fact.Kind) throw new ArgumentException($"Subject `{fact.Id}` is of another kind.", nameof(fact));

        var keyHash = StringIndex.HashOf(fact.Key);
        var holder = _state.FindSubjectKey(fact.Kind, fact.Key, keyHash);
        if (holder >= 0 && holder != index) throw new ArgumentException($"The key of subject `{fact.Id}` is taken by another.", nameof(fact));
        if (old is null) index = AddSubject(fact);
        else
        {
            if (!old.Names.KeyIs(fact.Key)) _state.SubjectNames = _state.SubjectNames.Without(StringIndex.HashOf(old.Names.Key), index);
            SetSubject(index, old.With(fact));
        }

        if (old is null || !old.Names.KeyIs(fact.Key)) _state.SubjectNames = _state.SubjectNames.With(keyHash, index);
        SetHome(index, fact.HomeScopeId is null ? SubjectRecord.NoScope : _state.FindScope(fact.HomeScopeId));
    }

    private int AddSubject(SubjectFact fact)
    {
        if (fact.Kind == SubjectKind.AllAuthenticated && _state.AllAuthenticated >= 0)
        {
            throw new ArgumentException($"Subject `{fact.Id}` would be a second one of all authenticated.", nameof(fact));
        }

        var index = Take(ref _state.FreeSubjects, _state.Subjects.Length);
        SetSubject(index, new SubjectRecord(fact));
        _state.SubjectNames = _state.SubjectNames.With(StringIndex.HashOf(fact.Id), index);
        if (fact.Kind == SubjectKind.AllAuthenticated) _state.AllAuthenticated = index;
        return index;
    }

    private void SetHome(int index, int home)
    {
        var record = _state.Subjects[index]!;
        if (record.Home == home) return;
        if (record.Home >= 0) SetResidents(record.Home, residents => residents.Without(index));
        if (home >= 0) SetResidents(home, residents => residents.With(index, default));
        record = record.Copy();
        record.Home = home;
        SetSubject(index, record);
    }

    private void SetResidents(int scope, Func<IntTree<Nothing>, IntTree<Nothing>> edit)
    {
        var place = _state.Scopes[scope]!.Copy();
        place.Residents = edit(place.Residents);
        SetScope(scope, place);
    }

    private void EndSubject(string id)
    {
        var index = SubjectNamed(id);
        var record = _state.Subjects[index]!;
        foreach (var rule in record.Rules.All())
        {
            Forget(rule);
            RemoveFromScope(rule);
        }

        foreach (var group in record.Groups) RemoveMember(group, index);
        foreach (var user in record.Members.Keys) SetSubject(user, _state.Subjects[user]!.WithoutGroup(index));
        SetHome(index, SubjectRecord.NoScope);
        _state.SubjectNames = _state.SubjectNames.Without(StringIndex.HashOf(record.Names.Id), index).Without(StringIndex.HashOf(record.Names.Key), index);
        if (_state.AllAuthenticated == index) _state.AllAuthenticated = -1;
        SetSubject(index, null);
        _state.FreeSubjects = new FreeHandle(index, _state.FreeSubjects);
    }

    private void PutMembership(MembershipFact fact)
    {
        var (user, group) = (SubjectNamed(fact.UserId), SubjectNamed(fact.GroupId));
        FactChecks.Membership(fact, _state.Subjects[user]!.Kind, _state.Subjects[group]!.Kind);
        SetSubject(user, _state.Subjects[user]!.WithGroup(group, fact.ValidUntil ?? long.MaxValue));
        var record = _state.Subjects[group]!.Copy();
        record.Members = record.Members.With(user, default);
        record.EndingMembers = fact.ValidUntil is null ? record.EndingMembers.Without(user) : record.EndingMembers.With(user, default);
        SetSubject(group, record);
    }

    private void EndMembership(string userId, string groupId)
    {
        var (user, group) = (SubjectNamed(userId), SubjectNamed(groupId));
        if (!_state.Subjects[group]!.Members.Contains(user)) throw new ArgumentException($"User `{userId}` is not in group `{groupId}`.", nameof(userId));
        SetSubject(user, _state.Subjects[user]!.WithoutGroup(group));
        RemoveMember(group, user);
    }

    private void RemoveMember(int group, int user)
    {
        var record = _state.Subjects[group]!.Copy();
        record.Members = record.Members.Without(user);
        record.EndingMembers = record.EndingMembers.Without(user);
        SetSubject(group, record);
    }
}
