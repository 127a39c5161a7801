using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>The tree of scopes, and the rules.</summary>
internal sealed partial class StateBuilder
{
    private void AddScopes(IEnumerable<ScopeFact> facts)
    {
        var all = new Dictionary<string, ScopeFact>(StringComparer.Ordinal);
        var below = new Dictionary<string, List<ScopeFact>>(StringComparer.Ordinal);
        var waiting = new Queue<ScopeFact>();
        foreach (var fact in facts)
        {
            FactChecks.Scope(fact);
            if (!all.TryAdd(fact.Id, fact)) throw new ArgumentException($"Scope `{fact.Id}` is there twice.", nameof(facts));
            if (fact.ParentId is null) waiting.Enqueue(fact);
            else if (below.TryGetValue(fact.ParentId, out var siblings)) siblings.Add(fact);
            else below.Add(fact.ParentId, [fact]);
        }

        while (waiting.TryDequeue(out var fact))
        {
            var index = AddScope(fact, fact.ParentId is null ? null : all[fact.ParentId]);
            if (!below.Remove(fact.Id, out var children)) continue;
            // Breadth first: the children's indexes follow on those of all that already wait.
            var first = index + waiting.Count + 1;
            _scopes[index].Children = IntTree<Nothing>.FromSorted([.. Enumerable.Range(first, children.Count)], []);
            foreach (var child in children) waiting.Enqueue(child);
        }

        if (_scopes.Count == all.Count) return;
        var lost = all.Keys.First(id => !_scopeIds.ContainsKey(id));
        throw new ArgumentException($"Scope `{lost}` hangs on no root: a parent is missing, or the parents form a circle.", nameof(facts));
    }

    private int AddScope(ScopeFact fact, ScopeFact? parent)
    {
        if (parent is not null) FactChecks.MayBeBelow(fact, parent.Type);
        var index = _scopes.Count;
        FactChecks.Room(index);
        var ancestry = parent is null ? [] : _scopes[_scopeIds[parent.Id]].Ancestry;
        if (ancestry.Length == ScopeRecord.MaxLevels) throw new ArgumentException($"Scopes may be at most {ScopeRecord.MaxLevels} levels deep.", nameof(fact));
        // One string for what many scopes have in common.
        var type = _scopeTypes.GetValueOrDefault(fact.Type, fact.Type);
        _scopeTypes[type] = type;
        _scopes.Add(new ScopeRecord(fact with { Type = type }, ScopeRecord.PathBelow(ancestry, index)));
        _scopeIds.Add(fact.Id, index);
        return index;
    }

    private Rule[] ResolveRules(IEnumerable<RuleFact> facts, RoleSet roles)
    {
        var resolved = new List<Rule>();
        foreach (var fact in facts)
        {
            if (!roles.TryGetIndex(fact.RoleId, out var role)) throw new ArgumentException($"Rule `{fact.Id}` names the unknown role `{fact.RoleId}`.", nameof(facts));
            if (!_scopeIds.TryGetValue(fact.ScopeId, out var scope)) throw new ArgumentException($"Rule `{fact.Id}` names the unknown scope `{fact.ScopeId}`.", nameof(facts));
            var subject = FindSubject(fact.SubjectId);
            if (subject < 0) throw new ArgumentException($"Rule `{fact.Id}` names the unknown subject `{fact.SubjectId}`.", nameof(facts));
            resolved.Add(Rule.From(fact, subject, role, scope));
        }

        var rules = resolved.ToArray();
        Array.Sort(rules, (a, b) => a.Id.CompareTo(b.Id));
        for (var i = 1; i < rules.Length; i++)
        {
            if (rules[i].Id == rules[i - 1].Id) throw new ArgumentException($"Rule `{rules[i].Id}` is there twice.", nameof(facts));
        }

        return rules;
    }

    private void AddRulesToSubjects(Rule[] rules)
    {
        foreach (var part in PartsBy(rules, rule => rule.Subject.Index, _subjects.Count))
        {
            _subjects[part[0].Subject.Index].Rules = RuleTable.From(part, _smallTableLimit);
        }
    }

    private void AddRulesToScopes(Rule[] rules)
    {
        foreach (var part in PartsBy(rules, rule => rule.Scope.Index, _scopes.Count))
        {
            _scopes[part[0].Scope.Index].Rules = IntTree<Rule>.FromSorted([.. part.Select(rule => rule.Id)], part);
        }
    }

    /// <summary>The rules by a handle, each part in the order they came in; only the handles that have some.</summary>
    private static IEnumerable<ArraySegment<Rule>> PartsBy(Rule[] rules, Func<Rule, int> handle, int handles)
    {
        var ends = new int[handles];
        foreach (var rule in rules) ends[handle(rule)]++;
        for (var i = 1; i < handles; i++) ends[i] += ends[i - 1];
        var sorted = new Rule[rules.Length];
        for (var i = rules.Length - 1; i >= 0; i--) sorted[--ends[handle(rules[i])]] = rules[i];
        for (var i = 0; i < handles; i++)
        {
            var to = i + 1 < handles ? ends[i + 1] : rules.Length;
            if (to > ends[i]) yield return new ArraySegment<Rule>(sorted, ends[i], to - ends[i]);
        }
    }
}
