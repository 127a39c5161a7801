namespace RunAiRbac.Policy.Tests.Reference;

/// <summary>Explain, who-can, what-can, permitted scopes.</summary>
public sealed partial class ReferencePolicy
{
    public sealed record Who(string SubjectId, List<int> Rules);

    public sealed record What(string ResourceType, List<string> Actions, string ScopeId, List<int> Rules);

    public sealed record Grant(int RuleId, string? WhyNot);

    /// <summary>Every rule of the principals on the path, from the root down, then by id; and what is wrong with it.</summary>
    public List<Grant> Grants(string? subjectId, IReadOnlyList<string>? groups, string resourceType, string action, string? scopeId, long now)
    {
        var principals = Principals(subjectId, groups, now).ConvertAll(p => p.Subject.Id);
        return [.. Path(scopeId)
            .SelectMany(scope => Rules.Where(rule => rule.ScopeId == scope.Id && principals.Contains(rule.SubjectId)).OrderBy(rule => rule.Id))
            .Select(rule => new Grant(rule.Id, WhyNot(rule)))];

        string? WhyNot(RuleFact rule)
        {
            if (!Holds(RoleOf(rule), resourceType, action)) return "PermissionNotInRole";
            if (!RoleOf(rule).Enabled) return "RoleDisabled";
            if (now < rule.NotBefore) return "NotYetStarted";
            if (now >= rule.ExpiresAt) return "Expired";
            return FindSubject(subjectId)!.Enabled ? null : "SubjectDisabled";
        }
    }

    /// <summary>Ids of the predefined roles that hold it and contain no other such role, at most three.</summary>
    public List<int> Nearest(string resourceType, string action, string scopeId)
    {
        var atSystem = FindScope(scopeId)!.Type == "system";
        var candidates = Roles.FindAll(role => role.Id < 100_000 && role.Enabled && (role.Id == 4003) == atSystem && Holds(role, resourceType, action));
        var pairs = candidates.ToDictionary(role => role.Id, PairsOf);
        return [.. candidates
            .Where(role => !candidates.Exists(other => pairs[other.Id].IsProperSubsetOf(pairs[role.Id])))
            .OrderBy(role => pairs[role.Id].Count)
            .ThenBy(role => role.Name, StringComparer.Ordinal)
            .Take(3)
            .Select(role => role.Id)];
    }

    public List<Who> WhoCan(string resourceType, string action, string? scopeId, long now)
    {
        var found = new List<Who>();
        foreach (var subject in Subjects.Where(s => s.Enabled).OrderBy(s => s.Kind).ThenBy(s => s.Id, StringComparer.Ordinal))
        {
            var (_, rules) = Check(subject.Id, null, resourceType, action, scopeId, now);
            if (subject.Kind != SubjectKind.AllAuthenticated) rules.RemoveAll(id => FindSubject(Rules.Find(rule => rule.Id == id)!.SubjectId)!.Kind == SubjectKind.AllAuthenticated);
            if (rules.Count > 0) found.Add(new Who(subject.Id, rules));
        }

        return found;
    }

    public List<What> WhatCan(string? subjectId, IReadOnlyList<string>? groups, string? resourceType, string? action, long now)
    {
        var found = new List<What>();
        if (FindSubject(subjectId) is not { Enabled: true }) return found;
        var principals = Principals(subjectId, groups, now);
        foreach (var (scope, path) in Scopes.Select(s => (s, Path(s.Id))).OrderBy(s => s.Item2.Count).ThenBy(s => s.s.Id, StringComparer.Ordinal))
        {
            foreach (var type in ResourceTypes.Where(type => resourceType is null || type == resourceType))
            {
                // Allowed here, and not above: by rules of this very scope only.
                var rules = Actions.Where(act => action is null || act == action)
                    .Where(act => Allowing(principals, path[..^1], type, act, now).Count == 0)
                    .Select(act => (Action: act, Rules: Allowing(principals, [scope], type, act, now)))
                    .Where(entry => entry.Rules.Count > 0)
                    .ToList();
                if (rules.Count == 0) continue;
                found.Add(new What(type, [.. rules.Select(entry => entry.Action)], scope.Id, [.. rules.SelectMany(entry => entry.Rules).Distinct().Order()]));
            }
        }

        return found;
    }

    /// <summary>The scopes where it is allowed, but not in the parent.</summary>
    public List<string> PermittedScopes(string? subjectId, string resourceType, string action, long now)
    {
        return [.. Scopes.Where(scope => Allowed(scope.Id) && !Allowed(scope.ParentId)).Select(scope => scope.Id).Order(StringComparer.Ordinal)];

        bool Allowed(string? scopeId) => Check(subjectId, null, resourceType, action, scopeId, now).Reason == "granted";
    }

    /// <summary>What is granted after and was not before, where the same is not so of the scope above.</summary>
    public static List<(string ScopeId, string ResourceType, string Action)> Gained(ReferencePolicy before, ReferencePolicy after, string? subjectId, long now)
    {
        return [.. from scope in after.Scopes
                   from type in after.ResourceTypes
                   from action in after.Actions
                   where IsNew(scope.Id, type, action) && !IsNew(scope.ParentId, type, action)
                   select (scope.Id, type, action)];

        bool IsNew(string? scopeId, string type, string action)
            => after.Check(subjectId, null, type, action, scopeId, now).Reason == "granted" && before.Check(subjectId, null, type, action, scopeId, now).Reason != "granted";
    }

    private HashSet<(string, string)> PairsOf(RoleFact role)
        => [.. role.Permissions.SelectMany(p => p.Actions.Select(action => (p.ResourceType, action))).Where(pair => Holds(role, pair.ResourceType, pair.action))];
}
