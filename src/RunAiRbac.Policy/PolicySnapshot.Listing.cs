using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>Who can do something, what can somebody do, and where.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>
    /// Everybody who may do this in this scope: complete, by kind (user, group, application, all authenticated) and then by subject id, so that a
    /// reader can go on after the last one seen. Members of groups are listed as users of their own; disabled subjects are not.
    /// </summary>
    public IReadOnlyList<WhoCanEntry> WhoCan(int resourceType, int action, ScopeRef scope, long now)
    {
        if (!IsKnownPermission(resourceType, action) || _state.Scopes[scope.Index] is not { } place) return [];
        var roles = _state.Roles;
        var question = new Question(place, roles, Catalogue.Permission(resourceType, action), now);
        var found = new Dictionary<int, List<Rule>>();
        foreach (var index in place.Ancestry)
        {
            foreach (var rule in _state.Scopes[index]!.Rules.Values)
            {
                if (question.Matches(rule)) AddHolders(found, rule, now);
            }
        }

        return [.. found
            .OrderBy(entry => _state.Subjects[entry.Key]!.Kind)
            .ThenBy(entry => _state.Subjects[entry.Key]!.Names.Id, StringComparer.Ordinal)
            .Select(entry => new WhoCanEntry(new SubjectRef(entry.Key), [.. entry.Value.OrderBy(rule => rule.Id)]))];
    }

    /// <summary>
    /// What a subject may do and where, the highest scopes only (an action that already holds above is left out below): by scope path depth, scope id, resource type.
    /// Empty for an unknown or disabled subject.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="groups">When not null, stands in for a user's stored memberships.</param>
    /// <param name="resourceType">Only this resource type; null: all.</param>
    /// <param name="action">Only this action; null: all.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    public IReadOnlyList<WhatCanEntry> WhatCan(SubjectRef subject, IReadOnlyList<SubjectRef>? groups, int? resourceType, int? action, long now)
    {
        var held = HeldByScope(subject, groups, now);
        var asked = Asked(resourceType, action);
        var entries = new List<WhatCanEntry>();
        foreach (var index in TopDown(held.Keys))
        {
            var here = held[index];
            entries.AddRange(Highest(index, held).And(asked).Indexes()
                .GroupBy(permission => permission / _actionCount)
                .Select(type => new WhatCanEntry(
                    type.Key,
                    [.. type.Select(permission => permission % _actionCount)],
                    new ScopeRef(index),
                    [.. here.Rules.Where(rule => type.Any(Effective(rule).Contains)).OrderBy(rule => rule.Id)])));
        }

        return entries;
    }

    /// <summary>The highest scopes where the subject may do this, by scope id; empty when nowhere.</summary>
    public IReadOnlyList<ScopeRef> PermittedScopes(SubjectRef subject, int resourceType, int action, long now)
    {
        if (!IsKnownPermission(resourceType, action)) return [];
        if (_state.Subjects[subject.Index] is not { Enabled: true }) return [];
        var permission = Catalogue.Permission(resourceType, action);
        var scopes = new HashSet<int>();
        foreach (var principal in PrincipalsOf(subject, null, now))
        {
            foreach (var rule in principal.Record.Rules.All())
            {
                if (rule.IsActiveAt(now) && Effective(rule).Contains(permission)) scopes.Add(rule.Scope.Index);
            }
        }

        return [.. scopes
            .Where(scope => !HasAncestorIn(scope, scopes))
            .OrderBy(scope => _state.Scopes[scope]!.Names.Id, StringComparer.Ordinal)
            .Select(scope => new ScopeRef(scope))];
    }

    private bool HasAncestorIn(int scope, HashSet<int> scopes)
    {
        foreach (var ancestor in _state.Scopes[scope]!.Ancestry[1..])
        {
            if (scopes.Contains(ancestor)) return true;
        }

        return false;
    }

    /// <summary>Adds the rule's subject and, when that is a group, its members; disabled ones are left out.</summary>
    private void AddHolders(Dictionary<int, List<Rule>> found, Rule rule, long now)
    {
        var record = Record(rule.Subject);
        if (!record.Enabled) return;
        Add(rule.Subject.Index);
        if (record.Kind != SubjectKind.Group) return;
        foreach (var user in record.Members.Keys)
        {
            var member = _state.Subjects[user]!;
            if (member.Enabled && member.EndIn(rule.Subject.Index) > now) Add(user);
        }

        void Add(int subject)
        {
            if (!found.TryGetValue(subject, out var rules)) found[subject] = rules = [];
            rules.Add(rule);
        }
    }

    /// <summary>For each scope with active rules of the subject's principals: these rules, and what they hold together.</summary>
    private Dictionary<int, (PermissionSet Permissions, List<Rule> Rules)> HeldByScope(SubjectRef subject, IReadOnlyList<SubjectRef>? groups, long now)
    {
        var held = new Dictionary<int, (PermissionSet Permissions, List<Rule> Rules)>();
        if (_state.Subjects[subject.Index] is not { Enabled: true }) return held;
        foreach (var principal in PrincipalsOf(subject, groups, now))
        {
            foreach (var rule in principal.Record.Rules.All())
            {
                if (!rule.IsActiveAt(now)) continue;
                if (!held.TryGetValue(rule.Scope.Index, out var here)) held[rule.Scope.Index] = here = (PermissionSet.None(Catalogue), []);
                here.Permissions.Add(Effective(rule));
                here.Rules.Add(rule);
            }
        }

        return held;
    }

    /// <summary>All permissions, or those of one resource type, one action, or both; nothing when one of them is unknown.</summary>
    private PermissionSet Asked(int? resourceType, int? action)
    {
        var asked = PermissionSet.None(Catalogue);
        for (var permission = 0; permission < Catalogue.PermissionCount; permission++)
        {
            if ((resourceType ?? permission / _actionCount) == permission / _actionCount && (action ?? permission % _actionCount) == permission % _actionCount) asked.Add(permission);
        }

        return asked;
    }
}
