using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>Scopes.</summary>
internal sealed partial class Draft
{
    private void PutScope(ScopeFact fact)
    {
        FactChecks.Scope(fact);
        var parent = fact.ParentId is null ? -1 : ScopeNamed(fact.ParentId);
        if (parent >= 0) FactChecks.MayBeBelow(fact, _state.Scopes[parent]!.Type);
        var index = _state.FindScope(fact.Id);
        if (index < 0) AddScope(fact, parent);
        else ChangeScope(index, fact, parent);
    }

    private void AddScope(ScopeFact fact, int parent)
    {
        var index = Take(ref _state.FreeScopes, _state.Scopes.Length);
        FactChecks.Room(index);
        SetScope(index, new ScopeRecord(fact, PathBelow(parent, index)));
        _state.ScopeIds = _state.ScopeIds.With(StringIndex.HashOf(fact.Id), index);
        if (parent >= 0) SetChildren(parent, children => children.With(index, default));
    }

    private void ChangeScope(int index, ScopeFact fact, int parent)
    {
        var old = _state.Scopes[index]!;
        if (old.Type != fact.Type) throw new ArgumentException($"Scope `{fact.Id}` is of another type.", nameof(fact));
        SetScope(index, old.With(fact, old.Path));
        if (old.Parent == parent || (old.Parent < 0 && parent < 0)) return;

        if (old.Parent < 0 || parent < 0) throw new ArgumentException($"Scope `{fact.Id}` can neither become a root nor cease to be one.", nameof(fact));
        if (_state.Scopes[parent]!.Ancestry.Contains(index)) throw new ArgumentException($"Scope `{fact.Id}` would lie below itself.", nameof(fact));
        SetChildren(old.Parent, children => children.Without(index));
        SetChildren(parent, children => children.With(index, default));
        foreach (var scope in Subtree(index)) Repath(scope, scope == index ? parent : _state.Scopes[scope]!.Parent);
    }

    private void Repath(int scope, int parent)
    {
        var place = _state.Scopes[scope]!;
        SetScope(scope, place.With(place.Fact(null), PathBelow(parent, scope)));
    }

    private int[] PathBelow(int parent, int index)
    {
        var ancestry = parent < 0 ? [] : _state.Scopes[parent]!.Ancestry;
        if (ancestry.Length == ScopeRecord.MaxLevels) throw new ArgumentException($"Scopes may be at most {ScopeRecord.MaxLevels} levels deep.", nameof(parent));
        return ScopeRecord.PathBelow(ancestry, index);
    }

    private void SetChildren(int scope, Func<IntTree<Nothing>, IntTree<Nothing>> edit)
    {
        var place = _state.Scopes[scope]!.Copy();
        place.Children = edit(place.Children);
        SetScope(scope, place);
    }

    /// <summary>The scope and everything below it as it stands now, parents before children.</summary>
    private List<int> Subtree(int scope)
    {
        var found = new List<int> { scope };
        for (var i = 0; i < found.Count; i++) found.AddRange(_state.Scopes[found[i]]!.Children.Keys);
        return found;
    }

    private void EndScope(string id)
    {
        var top = ScopeNamed(id);
        var parent = _state.Scopes[top]!.Parent;
        if (parent >= 0) SetChildren(parent, children => children.Without(top));
        var ended = Subtree(top);
        foreach (var scope in ended)
        {
            var place = _state.Scopes[scope]!;
            foreach (var rule in place.Rules.Values)
            {
                Forget(rule);
                RemoveFromSubject(rule);
            }

            foreach (var resident in place.Residents.Keys) SetHome(resident, SubjectRecord.NoScope);
            _state.ScopeIds = _state.ScopeIds.Without(StringIndex.HashOf(place.Names.Id), scope);
        }

        foreach (var scope in ended)
        {
            SetScope(scope, null);
            _state.FreeScopes = new FreeHandle(scope, _state.FreeScopes);
        }
    }
}
