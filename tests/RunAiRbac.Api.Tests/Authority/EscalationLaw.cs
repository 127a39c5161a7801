using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>
/// Who may manage what (design.md §6), judged from nothing but the facts before and after a change: whichever route made it, what it did must be what its
/// actor could hand out, change and manage before.
/// </summary>
internal sealed class EscalationLaw
{
    private readonly string _actor;
    private readonly TenantState _before;
    private readonly TenantState _after;
    private readonly long _now;
    private readonly Dictionary<(int Role, string Scope, long Until), string?> _grants = [];

    private EscalationLaw(string actor, TenantState before, TenantState after, long now) => (_actor, _before, _after, _now) = (actor, before, after, now);

    /// <summary>What the actor has done without being allowed to.</summary>
    public static List<string> Violations(string actor, TenantState before, TenantState after, long now)
    {
        var law = new EscalationLaw(actor, before, after, now);
        return [.. law.Standing(), .. law.NewlyUsable(), .. law.ChangedSubjects(), .. law.Rules(), .. law.Scopes(), .. law.Security(), .. law.Tenants()];
    }

    /// <summary>What no call may do.</summary>
    private IEnumerable<string> Standing()
    {
        if (_after.Revision != _before.Revision + 1) yield return $"One change made {_after.Revision - _before.Revision} revisions.";
        if (_before.Policy.LocalAdministrators(_now) > 0 && _after.Policy.LocalAdministrators(_now) == 0) yield return "The last administrator is gone.";
        if (!Lines(_before, "role ").SequenceEqual(Lines(_after, "role "), StringComparer.Ordinal)) yield return "The roles have changed.";
        foreach (var (id, scope) in _after.Scopes)
        {
            if (_before.Scopes.TryGetValue(id, out var old) && (old.ParentId, old.Type) != (scope.ParentId, scope.Type)) yield return $"The scope {id} was moved.";
        }
    }

    /// <summary>Each (subject, role, scope) that is new, or lasts longer, must be the actor's to give; what works tomorrow or once enabled counts.</summary>
    private IEnumerable<string> NewlyUsable()
    {
        var held = Holdings(_before.Policy);
        foreach (var (what, until) in Holdings(_after.Policy))
        {
            if (held.TryGetValue(what, out var known) && known >= until) continue;
            if (LackingToGrant(what.Role, what.Scope, until) is { } lack) yield return $"{Name(_after, what.Subject)} gains role {what.Role} in {what.Scope} until {until}, but the actor lacks {lack}.";
        }
    }

    private Dictionary<(string Subject, int Role, string Scope), long> Holdings(ReferencePolicy policy)
    {
        var holdings = new Dictionary<(string, int, string), long>();
        foreach (var subject in policy.Subjects)
        {
            foreach (var (principal, until) in policy.Principals(subject.Id, null, _now).Where(p => p.Subject.Id == subject.Id || p.Subject.Kind == SubjectKind.Group))
            {
                foreach (var rule in policy.Rules.Where(r => r.SubjectId == principal.Id && !(r.ExpiresAt <= _now)))
                {
                    var key = (subject.Id, rule.RoleId, rule.ScopeId);
                    var lasts = Math.Min(rule.ExpiresAt ?? long.MaxValue, until);
                    if (!holdings.TryGetValue(key, out var other) || other < lasts) holdings[key] = lasts;
                }
            }
        }

        return holdings;
    }

    private IEnumerable<string> ChangedSubjects()
    {
        foreach (var id in _before.Subjects.Keys.Union(_after.Subjects.Keys, StringComparer.Ordinal))
        {
            var (old, now) = (_before.Subjects.GetValueOrDefault(id), _after.Subjects.GetValueOrDefault(id));
            var problems = (old, now) switch
            {
                (null, _) => Created(now!),
                (_, null) => Ended(old),
                _ => Changed(old, now),
            };
            foreach (var problem in problems) yield return problem;
        }
    }

    private IEnumerable<string> Created(SubjectRow row)
    {
        var isNamed = _after.Policy.Rules.Exists(r => r.SubjectId == row.Id) || _after.Policy.Memberships.Exists(m => m.GroupId == row.Id);
        return row switch
        {
            { Kind: SubjectKind.User, IsPending: false } => Permission("users", "create", _after.HomeOf(row.Id), $"create the user {row.Key}"),
            { Kind: SubjectKind.Application } => Permission("apps", "create", _after.HomeOf(row.Id), $"create the application {row.Key}"),
            _ when !isNamed => [$"{row.Kind} {row.Key} was made, though no rule and no membership names it."],
            _ => [],
        };
    }

    private IEnumerable<string> Ended(SubjectRow row)
        => IsManaged(row) ? [.. Manage(row, "delete"), .. row.Id == _actor ? [] : Law(row)] : [$"{row.Kind} {row.Key} has ended."];

    private IEnumerable<string> Changed(SubjectRow old, SubjectRow now)
    {
        var isTakenOver = old.IsPending && !now.IsPending;
        var isMoved = old.HomeScopeId != now.HomeScopeId && !(now.HomeScopeId is null && _before.Scopes.ContainsKey(old.HomeScopeId!) && !_after.Scopes.ContainsKey(old.HomeScopeId!));
        var isOther = Own(old) != Own(now) || isMoved;
        var hasOtherKeys = !Keys(_before, old.Id).SequenceEqual(Keys(_after, old.Id), StringComparer.Ordinal);
        var hasOtherAccess = !Ids(_before, old.Id).SequenceEqual(Ids(_after, old.Id), StringComparer.Ordinal) || old.SessionEpoch != now.SessionEpoch;
        var hasOtherGroups = !_before.MembershipsOf(old.Id).SequenceEqual(_after.MembershipsOf(old.Id));
        if (!isOther && !hasOtherAccess && !hasOtherKeys && !hasOtherGroups) return [];
        if (!IsManaged(old)) return [$"{old.Kind} {old.Key} has changed."];

        var problems = new List<string>();
        if (isTakenOver) problems.AddRange(Permission("users", "create", _after.HomeOf(now.Id), $"create the user {now.Key}"));
        else if (isOther || (hasOtherAccess && old.Id != _actor)) problems.AddRange(Manage(old, "update"));
        if (hasOtherKeys && old.Id != _actor) problems.AddRange(Permission("access-keys", "delete", _before.TenantScope, $"delete a key of {old.Key}"));
        if (hasOtherGroups) problems.AddRange(Permission("groups", "update", _before.TenantScope, $"change the groups of {old.Key}"));
        if (old.Id != _actor || (!_before.CanAct(old.Id) && _after.CanAct(old.Id))) problems.AddRange(Law(old));
        return problems;
    }

    private IEnumerable<string> Rules()
    {
        foreach (var rule in _after.Policy.Rules.Except(_before.Policy.Rules))
        {
            if (_before.Policy.Rules.Exists(r => r.Id == rule.Id)) yield return $"The rule {rule.Id} has changed.";
            foreach (var problem in Permission("access_rules", "create", rule.ScopeId, $"create the rule {rule}")) yield return problem;
        }

        foreach (var rule in _before.Policy.Rules.Where(r => !_after.Policy.Rules.Exists(x => x.Id == r.Id)))
        {
            var wentAlong = !_after.Subjects.ContainsKey(rule.SubjectId) || !_after.Scopes.ContainsKey(rule.ScopeId);
            var isReplaced = rule.ExpiresAt <= _now && _after.Policy.Rules.Exists(r => r.Id > rule.Id && (r.SubjectId, r.RoleId, r.ScopeId) == (rule.SubjectId, rule.RoleId, rule.ScopeId));
            if (wentAlong || isReplaced) continue;
            foreach (var problem in Permission("access_rules", "delete", rule.ScopeId, $"delete the rule {rule}")) yield return problem;
        }
    }

    private IEnumerable<string> Scopes()
    {
        foreach (var scope in _after.Scopes.Values.Where(s => !_before.Scopes.ContainsKey(s.Id)))
        {
            var cameAlong = !_before.Scopes.ContainsKey(scope.ParentId!) && scope is { Type: "department", Name: "default" };
            if (cameAlong) continue;
            foreach (var problem in Permission(scope.Type, "create", scope.ParentId!, $"create the {scope.Type} {scope.Name}")) yield return problem;
        }

        foreach (var scope in _before.Scopes.Values)
        {
            var now = _after.Scopes.GetValueOrDefault(scope.Id);
            var action = now is null ? "delete" : "update";
            if (now is null ? !_after.Scopes.ContainsKey(scope.ParentId!) : (now.Name, now.Details, now.Namespace) == (scope.Name, scope.Details, scope.Namespace)) continue;
            foreach (var problem in Permission(scope.Type, action, scope.Id, $"{action} the {scope.Type} {scope.Name}")) yield return problem;
        }
    }

    /// <summary>Providers are System administrators' alone, whatever else one holds; settings need their permission.</summary>
    private IEnumerable<string> Security()
    {
        if (!Lines(_before, "provider ").SequenceEqual(Lines(_after, "provider "), StringComparer.Ordinal))
        {
            var action = _after.Providers.Count > _before.Providers.Count ? "create" : _after.Providers.Count < _before.Providers.Count ? "delete" : "update";
            foreach (var problem in Permission("security-settings", action, _before.TenantScope, $"{action} a provider")) yield return problem;
            // Who ends one hands out nothing that could last longer than its own right.
            if (LackingToGrant(World.SystemAdministrator, _before.TenantScope, action == "delete" ? _now : long.MaxValue) is { } lack) yield return $"A provider was changed, but the actor lacks {lack}.";
        }

        if (Lines(_before, "setting ").SequenceEqual(Lines(_after, "setting "), StringComparer.Ordinal) || _after.Providers.Count < _before.Providers.Count) yield break;
        foreach (var problem in Permission("security-settings", "update", _before.TenantScope, "change a security setting")) yield return problem;
    }

    private IEnumerable<string> Tenants()
    {
        if (!_before.Tenants.SequenceEqual(_after.Tenants.Take(_before.Tenants.Count))) yield return "A tenant has ended.";
        if (_after.Tenants.Count == _before.Tenants.Count) yield break;
        foreach (var problem in Permission("tenant", "create", "system", "create a tenant")) yield return problem;
    }

    /// <summary>A change to a user or application by anybody but itself: the actor must hold all that the target's rules give.</summary>
    private IEnumerable<string> Law(SubjectRow target)
    {
        var lacking = _before.Policy.LackingToChange(_actor, target.Id, _now);
        if (lacking.Count > 0) yield return $"{target.Kind} {target.Key} was changed, but the actor lacks {lacking[0]}.";
    }

    private IEnumerable<string> Manage(SubjectRow target, string action)
        => Permission(target.Kind == SubjectKind.User ? "users" : "apps", action, _before.HomeOf(target.Id), $"{action} the {target.Kind} {target.Key}");

    private IEnumerable<string> Permission(string resourceType, string action, string scope, string what)
    {
        var (reason, _) = _before.Policy.Check(_actor, null, resourceType, action, scope, _now);
        if (reason != "granted") yield return $"The actor may not {what}: {resourceType} {action} in {scope} is {reason}.";
    }

    private string? LackingToGrant(int role, string scope, long until)
    {
        if (_grants.TryGetValue((role, scope, until), out var known)) return known;
        var fact = _before.Policy.Roles.Single(r => r.Id == role);
        return _grants[(role, scope, until)] = _before.Policy.LackingToGrant(_actor, fact, scope, until, _now).FirstOrDefault()?.ToString();
    }

    private static bool IsManaged(SubjectRow row) => row.Kind is SubjectKind.User or SubjectKind.Application;

    private static (string, string, string?, string?, bool, bool?, bool) Own(SubjectRow row) => (row.Key, row.Name, row.FirstName, row.LastName, row.IsPending, row.IsLocal, row.Enabled);

    /// <summary>Passwords and secrets, the sessions begun with them, and identities.</summary>
    private static IEnumerable<string> Ids(TenantState state, string id)
        => [.. state.Identities[id].Select(x => $"{x.Id} {x.Provider} {x.Claim}").Order(StringComparer.Ordinal),
            .. state.Credentials[id].Where(c => c.Kind != CredentialKinds.AccessKey).Select(c => $"{c.Id} {c.ExpiresAt} {c.MustChange}").Order(StringComparer.Ordinal),
            .. state.Sessions[id].Where(s => s.AccessKeyId is null).Select(s => s.Id).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Keys(TenantState state, string id) => state.AccessKeysOf(id).Select(k => $"{k.Id} {k.Hash}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Lines(TenantState state, string start) => state.Lines.Where(line => line.StartsWith(start, StringComparison.Ordinal));

    private static string Name(TenantState state, string id) => $"{state.Subjects[id].Kind} {state.Subjects[id].Key}";
}
