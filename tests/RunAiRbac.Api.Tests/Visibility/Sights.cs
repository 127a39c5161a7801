using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;

namespace RunAiRbac.Api.Tests.Visibility;

/// <summary>An object of a kind, by what its routes call it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Texts">What a search looks in.</param>
internal sealed record Seen(string Id, params string[] Texts);

/// <summary>What one caller must see and may change by design.md §6, from the rows and the reference evaluator alone.</summary>
internal sealed class Sights(ReferencePolicy facts, IReadOnlyList<(RuleFact Rule, bool Deleted)> allRules, string tenantScope, string callerId, long now)
{
    private readonly Dictionary<(string, string, string), bool> _may = [];
    private List<string>? _hiddenNames;

    public static async Task<IReadOnlyList<(RuleFact Rule, bool Deleted)>> RulesAsync(OwnTenant tenant)
    {
        await using var db = await tenant.Store.OpenAsync(TestContext.Current.CancellationToken);
        var rows = await db.AccessRules.AsNoTracking().Where(x => x.TenantId == tenant.Id).ToListAsync(TestContext.Current.CancellationToken);
        return rows.ConvertAll(x => (new RuleFact(x.Id, x.SubjectId, x.RoleId, x.ScopeId, x.NotBefore, x.ExpiresAt), x.DeletedAt is not null));
    }

    public bool May(string resourceType, string action, string scopeId)
        => _may.TryGetValue((resourceType, action, scopeId), out var may)
            ? may
            : _may[(resourceType, action, scopeId)] = facts.Check(callerId, null, resourceType, action, scopeId, now).Reason == "granted";

    public bool MayAnywhere(string resourceType, string action) => facts.Scopes.Exists(scope => May(resourceType, action, scope.Id));

    /// <summary>What lies below a unit shows it, except that nothing lies below a project.</summary>
    public bool SeesUnit(ScopeFact unit)
        => May(unit.Type, "read", unit.Id) || facts.Scopes.Exists(below => facts.IsWithin(below.Id, unit.Id) && May(unit.Type, "read", below.Id));

    public List<Seen> Units(string type) => [.. facts.Scopes.Where(s => s.Type == type && SeesUnit(s)).Select(s => new Seen(s.Id, s.Name))];

    /// <summary>Names of units that the caller may not read (but the one that every cluster has).</summary>
    public List<string> HiddenNames()
        => _hiddenNames ??= [.. facts.Scopes.Where(s => s.Type is "cluster" or "department" or "project" && s.Name != "default" && !SeesUnit(s)).Select(s => s.Name)];

    public List<Seen> Users()
    {
        var all = MayAnywhere("users", "read");
        return [.. facts.Subjects.Where(s => s.Kind == SubjectKind.User && (all || s.Id == callerId)).Select(s => new Seen(s.Id, s.Name))];
    }

    public List<Seen> Applications()
        => MayAnywhere("apps", "read") ? [.. facts.Subjects.Where(s => s.Kind == SubjectKind.Application).Select(s => new Seen(s.Id, s.Name))] : [];

    public List<Seen> Groups()
        => MayAnywhere("groups", "read") ? [.. facts.Subjects.Where(s => s.Kind == SubjectKind.Group).Select(s => new Seen(s.Id, s.Name))] : [];

    /// <summary>Those of the group's members whom the caller may read.</summary>
    public List<Seen> Members(string groupId)
    {
        var members = facts.Memberships.FindAll(m => m.GroupId == groupId && (m.ValidUntil is null || now < m.ValidUntil)).ConvertAll(m => m.UserId);
        return Users().FindAll(user => members.Contains(user.Id));
    }

    public List<Seen> Rules(bool deletedToo = false) => [.. allRules.Where(r => (deletedToo || !r.Deleted) && May("access_rules", "read", r.Rule.ScopeId)).Select(r => ToSeen(r.Rule))];

    public bool MayChange(string resourceType, string action, SubjectFact subject)
        => May(resourceType, action, facts.FindScope(subject.HomeScopeId)?.Id ?? tenantScope);

    /// <summary>Resource types with the actions that the caller may do somewhere.</summary>
    public List<string> Permissions()
        => [.. facts.ResourceTypes.Select(type => (Type: type, Actions: facts.Actions.Where(action => MayAnywhere(type, action)).ToList()))
            .Where(x => x.Actions.Count > 0).Select(x => $"{x.Type} {string.Join(',', x.Actions)}")];

    private Seen ToSeen(RuleFact rule)
    {
        var id = rule.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new Seen(id, facts.FindSubject(rule.SubjectId)?.Name ?? "", facts.FindScope(rule.ScopeId)?.Name ?? "", facts.RoleOf(rule).Name);
    }
}
