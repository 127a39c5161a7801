using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;
using Fields = RunAiRbac.Api.Http.ListFields<RunAiRbac.Api.Features.AccessRules.RuleRecord>;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>A rule with the names that belong to it: one row of a list.</summary>
internal sealed class RuleRecord
{
    public required AccessRuleRow Rule { get; init; }
    public required SubjectKind SubjectKind { get; init; }
    public required string SubjectName { get; init; }
    public string? SubjectFolded { get; init; }
    public required string ScopeType { get; init; }
    public required string ScopeName { get; init; }
    public string? ScopeFolded { get; init; }
    public string? ClusterId { get; init; }
    public required string RoleName { get; init; }
    public string? RoleFolded { get; init; }

    /// <summary>The creator's name of the moment (its last one, when it is deleted); the system has only a name.</summary>
    public required string CreatedBy { get; init; }
    public string? CreatedByFolded { get; init; }

    /// <summary>The position among <see cref="AccessRuleListing.Phases"/>.</summary>
    public int Phase { get; init; }
}

/// <summary>The list's parameters beyond paging and sorting.</summary>
internal sealed record RuleFilter(
    bool IncludeDeleted, long? UpdatedSince, SubjectKind? SubjectKind, IReadOnlyList<string> SubjectIds, string? ClusterId, string? ScopeType, string? ScopeId, int? RoleId)
{
    /// <summary>Whether every living rule passes.</summary>
    public bool IsEmpty => this is { IncludeDeleted: false, UpdatedSince: null, SubjectKind: null, SubjectIds.Count: 0, ClusterId: null, ScopeType: null, ScopeId: null, RoleId: null };

    public static RuleFilter Read(IQueryCollection query)
    {
        var subjectType = ListQuery.ReadOne(query, "subjectType");
        SubjectKind? kind = subjectType switch
        {
            null => null,
            "all-authenticated-users" => Policy.SubjectKind.AllAuthenticated,
            _ => Subjects.Kind(subjectType) ?? throw ApiException.Invalid("subjectType", "must be user, app, service-account or group"),
        };
        return new RuleFilter(
            ListQuery.ReadBool(query, "includeDeleted"),
            ListQuery.ReadOne(query, "lastUpdated") is { } since ? Times.ReadMicros(since, "lastUpdated") : null,
            kind,
            ReadSubjectIds(query),
            ListQuery.ReadOne(query, "clusterId"),
            ListQuery.ReadOne(query, "scopeType"),
            ListQuery.ReadOne(query, "scopeId"),
            ListQuery.ReadInt(query, "roleId", 1, int.MaxValue));
    }

    private static List<string> ReadSubjectIds(IQueryCollection query)
    {
        var ids = new List<string>();
        var values = ListQuery.ReadAll(query, "subjectIds");
        foreach (var value in values.OfType<string>()) ids.AddRange(values.Count == 1 ? value.Split(',', StringSplitOptions.RemoveEmptyEntries) : [value]);
        if (ListQuery.ReadOne(query, "subjectIdFilter") is { } one) ids.Add(one);
        // As they are, too: a group may be named like an address, in capitals.
        return [.. ids, .. ids.Select(id => EmailAddress.TryCanonicalize(id, out var canonical) ? canonical : id).Except(ids)];
    }
}

/// <summary>Rule lists as SQL: a constant number of queries, filtered to what the caller may read.</summary>
internal static class AccessRuleListing
{
    /// <summary>The sheet's phases in ordinal order; no rule is ever `Creating` here.</summary>
    public static readonly string[] Phases = ["Creating", "Deleting", "NotReady", "Ready"];

    /// <summary>Up to so many names are looked for by their ids.</summary>
    private const int FewNames = 1_000;

    /// <summary>`subjectType` is compared as it is shown: `app` and `service-account` are two words here.</summary>
    private static readonly string[] SubjectTypes = ["all-authenticated-users", "app", "group", "service-account", "user"];
    private static readonly string[] ScopeTypes = ["cluster", "department", "project", "system", "tenant"];

    public static readonly ListTable<RuleRecord> Table = new(Fields.Number("id", r => r.Rule.Id), [
        Fields.Text("subjectId", r => r.SubjectFolded, id: r => r.Rule.SubjectId),
        Fields.Choice("subjectType", SubjectTypes, r => r.Rule.SubjectType == "service-account" ? 3
            : r.SubjectKind == SubjectKind.AllAuthenticated ? 0 : r.SubjectKind == SubjectKind.Application ? 1 : r.SubjectKind == SubjectKind.Group ? 2 : 4),
        Fields.Number("roleId", r => r.Rule.RoleId),
        Fields.Text("scopeId", r => r.Rule.ScopeId),
        Fields.Text("scopeType", r => r.ScopeType, words: ScopeTypes),
        Fields.Text("roleName", r => r.RoleFolded),
        Fields.Text("scopeName", r => r.ScopeFolded),
        Fields.Date("createdAt", r => r.Rule.CreatedAt),
        Fields.Date("deletedAt", r => r.Rule.DeletedAt),
        Fields.Text("createdBy", r => r.CreatedByFolded),
        Fields.Choice("phase", Phases, r => r.Phase),
    ]);

    /// <summary>
    /// All rules with their names, at one moment. Outer joins, although nothing is ever missing: the databases leave out those that a count does not need.
    /// </summary>
    public static IQueryable<RuleRecord> Records(RunAiRbacDbContext db, int tenantId, long now)
        => from rule in db.AccessRules.AsNoTracking()
           where rule.TenantId == tenantId
           join s in db.Subjects on new { rule.TenantId, Id = rule.SubjectId } equals new { s.TenantId, s.Id } into subjects
           from subject in subjects.DefaultIfEmpty()
           join p in db.Scopes on new { rule.TenantId, Id = rule.ScopeId } equals new { p.TenantId, p.Id } into scopes
           from scope in scopes.DefaultIfEmpty()
           join o in db.Roles on new { rule.TenantId, Id = rule.RoleId } equals new { o.TenantId, o.Id } into roles
           from role in roles.DefaultIfEmpty()
           join c in db.Subjects on new { rule.TenantId, Id = rule.CreatedById } equals new { c.TenantId, Id = (string?)c.Id } into creators
           from creator in creators.DefaultIfEmpty()
           select new RuleRecord
           {
               Rule = rule,
               SubjectKind = subject.Kind,
               SubjectName = subject.Name,
               SubjectFolded = subject.NameFolded,
               ScopeType = scope.Type,
               ScopeName = scope.Name,
               ScopeFolded = scope.NameFolded,
               ClusterId = scope.ClusterId,
               RoleName = role.Name,
               RoleFolded = role.NameFolded,
               CreatedBy = creator.Name ?? rule.CreatedByName,
               CreatedByFolded = creator.NameFolded ?? rule.CreatedByName.ToLower(),
               Phase = rule.DeletedAt != null ? 1 : rule.NotBefore > now || rule.ExpiresAt <= now ? 2 : 3,
           };

    /// <summary>The rules that the caller may read: those at scopes where it holds `access_rules` read, and below.</summary>
    public static IQueryable<RuleRecord> Visible(IQueryable<RuleRecord> rules, Acting acting)
    {
        var snapshot = acting.Snapshot;
        var roots = acting.PermittedScopes("access_rules", "read");
        var system = roots.Any(r => snapshot.Scope(r).Type == "system");
        if (roots.Contains(acting.Tenant)) return system ? rules : rules.Where(r => r.Rule.ScopeId != "system");
        var scopes = roots.SelectMany(snapshot.Subtree).Select(s => snapshot.Scope(s).Id).ToArray();
        return rules.Where(r => EF.Parameter(scopes).Contains(r.Rule.ScopeId));
    }

    /// <summary>
    /// One page. First the ids alone, for which the databases leave out every join that the filter and the order do not need; the names of rows before the
    /// page would cost more than the page.
    /// </summary>
    public static async Task<List<RuleRecord>> PageAsync(IQueryable<RuleRecord> rules, ListQuery query, CancellationToken cancellationToken)
    {
        var ids = await Table.Page(rules, query).Select(r => r.Rule.Id).ToListAsync(cancellationToken);
        var page = await rules.Where(r => EF.Parameter(ids).Contains(r.Rule.Id)).ToDictionaryAsync(r => r.Rule.Id, cancellationToken);
        // One that has been deleted in between is not shown.
        return [.. ids.Where(page.ContainsKey).Select(id => page[id])];
    }

    /// <summary>How many living rules that are, from the snapshot.</summary>
    public static long VisibleCount(Acting acting)
    {
        var snapshot = acting.Snapshot;
        var roots = acting.PermittedScopes("access_rules", "read");
        if (!roots.Contains(acting.Tenant)) return roots.SelectMany(snapshot.Subtree).Sum(scope => (long)snapshot.RulesAt(scope).Count());
        var system = snapshot.FindScope("system");
        return snapshot.RuleCount - (system.IsKnown && !roots.Contains(system) ? snapshot.RulesAt(system).Count() : 0);
    }

    /// <summary>The rules that pass; <paramref name="subjects"/> are the ids of those that the filter names.</summary>
    public static IQueryable<RuleRecord> Filter(IQueryable<RuleRecord> rules, RuleFilter filter, string[] subjects)
    {
        if (!filter.IncludeDeleted) rules = rules.Where(r => r.Rule.DeletedAt == null);
        if (filter.UpdatedSince is { } since) rules = rules.Where(r => r.Rule.UpdatedAt >= since);
        if (filter.SubjectKind is { } kind) rules = rules.Where(r => r.SubjectKind == kind);
        if (filter.ClusterId is { } cluster) rules = rules.Where(r => r.ClusterId == cluster);
        if (filter.ScopeType is { } scopeType) rules = rules.Where(r => r.ScopeType == scopeType);
        if (filter.ScopeId is { } scopeId) rules = rules.Where(r => r.Rule.ScopeId == scopeId);
        if (filter.RoleId is { } roleId) rules = rules.Where(r => r.Rule.RoleId == roleId);
        if (filter.SubjectIds.Count > 0) rules = rules.Where(r => EF.Parameter(subjects).Contains(r.Rule.SubjectId));
        return rules;
    }

    /// <summary>The ids of the subjects that the filter names by id, e-mail, name or client id; read first, so that the rules are found by an index.</summary>
    public static async Task<string[]> SubjectsAsync(RunAiRbacDbContext db, int tenantId, RuleFilter filter, CancellationToken cancellationToken)
    {
        if (filter.SubjectIds.Count == 0) return [];
        var (names, kinds) = (filter.SubjectIds.ToArray(), Enum.GetValues<SubjectKind>());
        var subjects = db.Subjects.Where(x => x.TenantId == tenantId && kinds.Contains(x.Kind) && EF.Parameter(names).Contains(x.Key));
        // A living rule's subject lives, and those alone are in the index.
        if (!filter.IncludeDeleted) subjects = subjects.Where(x => x.DeletedAt == null);
        return [.. names, .. await subjects.Select(x => x.Id).ToListAsync(cancellationToken)];
    }

    /// <summary>
    /// The rules whose subject's, scope's or role's name contains the text, whatever the case. Names are looked for first: when few have it, the rules are found
    /// by indexes, and not by joining all rules with all names.
    /// </summary>
    public static async Task<IQueryable<RuleRecord>> SearchAsync(
        IQueryable<RuleRecord> rules, RunAiRbacDbContext db, int tenantId, string? search, CancellationToken cancellationToken)
    {
        if (search is null) return rules;
        var folded = Folding.Fold(search);
        // By the tenant, which all have: any of them will do, and that is the order that costs nothing.
        var subjects = await db.Subjects.Where(x => x.TenantId == tenantId && x.NameFolded.Contains(folded))
            .OrderBy(x => x.TenantId).Select(x => x.Id).Take(FewNames + 1).ToArrayAsync(cancellationToken);
        var scopes = await db.Scopes.Where(x => x.TenantId == tenantId && x.NameFolded.Contains(folded))
            .OrderBy(x => x.TenantId).Select(x => x.Id).Take(FewNames + 1).ToArrayAsync(cancellationToken);
        if (subjects.Length > FewNames || scopes.Length > FewNames)
            return rules.Where(r => r.SubjectFolded!.Contains(folded) || r.ScopeFolded!.Contains(folded) || r.RoleFolded!.Contains(folded));
        var roles = await db.Roles.Where(x => x.TenantId == tenantId && x.NameFolded!.Contains(folded)).Select(x => x.Id).ToArrayAsync(cancellationToken);
        return rules.Where(r => EF.Parameter(subjects).Contains(r.Rule.SubjectId) || EF.Parameter(scopes).Contains(r.Rule.ScopeId) || EF.Parameter(roles).Contains(r.Rule.RoleId));
    }
}
