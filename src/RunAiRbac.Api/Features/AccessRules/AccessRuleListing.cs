using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>A rule with the names that belong to it: one row of a list.</summary>
internal sealed class RuleRecord
{
    public required AccessRuleRow Rule { get; init; }
    public required SubjectKind SubjectKind { get; init; }
    public required string SubjectName { get; init; }
    public required string SubjectKey { get; init; }
    public required string SubjectFolded { get; init; }
    public required string ScopeType { get; init; }
    public required string ScopeName { get; init; }
    public required string ScopeFolded { get; init; }
    public string? ClusterId { get; init; }
    public required string RoleName { get; init; }
}

/// <summary>The list's parameters beyond paging and sorting.</summary>
internal sealed record RuleFilter(
    bool IncludeDeleted, long? UpdatedSince, SubjectKind? SubjectKind, IReadOnlyList<string> SubjectIds, string? ClusterId, string? ScopeType, string? ScopeId, int? RoleId)
{
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
            ListQuery.ReadOne(query, "lastUpdated") is { } since ? NewRuleReader.ReadTime(since, "lastUpdated") : null,
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
        return ids.ConvertAll(id => EmailAddress.TryCanonicalize(id, out var canonical) ? canonical : id);
    }
}

/// <summary>Rule lists as SQL: a constant number of queries, filtered to what the caller may read.</summary>
internal static class AccessRuleListing
{
    public static readonly ListSpec Spec = new(
        ["subjectId", "subjectType", "roleId", "scopeId", "scopeType", "roleName", "scopeName", "createdAt", "deletedAt", "createdBy", "phase"],
        ["subjectId", "subjectType", "roleId", "scopeId", "scopeType", "roleName", "scopeName", "createdAt", "deletedAt", "createdBy", "phase"]);

    public static IQueryable<RuleRecord> Records(RunAiRbacDbContext db, int tenantId)
        => from rule in db.AccessRules.AsNoTracking()
           where rule.TenantId == tenantId
           join subject in db.Subjects on new { rule.TenantId, Id = rule.SubjectId } equals new { subject.TenantId, subject.Id }
           join scope in db.Scopes on new { rule.TenantId, Id = rule.ScopeId } equals new { scope.TenantId, scope.Id }
           join role in db.Roles on new { rule.TenantId, Id = rule.RoleId } equals new { role.TenantId, role.Id }
           select new RuleRecord
           {
               Rule = rule,
               SubjectKind = subject.Kind,
               SubjectName = subject.Name,
               SubjectKey = subject.Key,
               SubjectFolded = subject.NameFolded,
               ScopeType = scope.Type,
               ScopeName = scope.Name,
               ScopeFolded = scope.NameFolded,
               ClusterId = scope.ClusterId,
               RoleName = role.Name,
           };

    /// <summary>The rules that the caller may read: those at scopes where it holds `access_rules` read, and below.</summary>
    public static IQueryable<RuleRecord> Visible(IQueryable<RuleRecord> rules, Acting acting)
    {
        var snapshot = acting.Snapshot;
        var roots = acting.PermittedScopes("access_rules", "read");
        var system = roots.Any(r => snapshot.Scope(r).Type == "system");
        if (roots.Contains(acting.Tenant)) return system ? rules : rules.Where(r => r.ScopeType != "system");
        var scopes = roots.SelectMany(snapshot.Subtree).Select(s => snapshot.Scope(s).Id).ToArray();
        return rules.Where(r => EF.Parameter(scopes).Contains(r.Rule.ScopeId));
    }

    public static IQueryable<RuleRecord> Filter(IQueryable<RuleRecord> rules, RuleFilter filter, string? search, PolicySnapshot snapshot)
    {
        if (!filter.IncludeDeleted) rules = rules.Where(r => r.Rule.DeletedAt == null);
        if (filter.UpdatedSince is { } since) rules = rules.Where(r => r.Rule.UpdatedAt >= since);
        if (filter.SubjectKind is { } kind) rules = rules.Where(r => r.SubjectKind == kind);
        if (filter.ClusterId is { } cluster) rules = rules.Where(r => r.ClusterId == cluster);
        if (filter.ScopeType is { } scopeType) rules = rules.Where(r => r.ScopeType == scopeType);
        if (filter.ScopeId is { } scopeId) rules = rules.Where(r => r.Rule.ScopeId == scopeId);
        if (filter.RoleId is { } roleId) rules = rules.Where(r => r.Rule.RoleId == roleId);
        if (filter.SubjectIds.Count > 0)
        {
            var ids = filter.SubjectIds.ToArray();
            rules = rules.Where(r => EF.Parameter(ids).Contains(r.Rule.SubjectId) || EF.Parameter(ids).Contains(r.SubjectKey));
        }

        if (search is not null)
        {
            var folded = search.ToLowerInvariant();
            var roles = snapshot.Roles.Where(r => r.Name.Contains(search, StringComparison.OrdinalIgnoreCase)).Select(r => r.Id).ToArray();
            rules = rules.Where(r => r.SubjectFolded.Contains(folded) || r.ScopeFolded.Contains(folded) || EF.Parameter(roles).Contains(r.Rule.RoleId));
        }

        return rules;
    }

    public static IQueryable<RuleRecord> Sort(IQueryable<RuleRecord> rules, ListQuery query, long now) => query.SortBy switch
    {
        "subjectId" => By(rules, query, r => r.SubjectName),
        "subjectType" => By(rules, query, r => r.SubjectKind),
        "roleId" => By(rules, query, r => r.Rule.RoleId),
        "scopeId" => By(rules, query, r => r.Rule.ScopeId),
        "scopeType" => By(rules, query, r => r.ScopeType),
        "roleName" => By(rules, query, r => r.RoleName),
        "scopeName" => By(rules, query, r => r.ScopeName),
        "createdAt" => By(rules, query, r => r.Rule.CreatedAt),
        "deletedAt" => By(rules, query, r => r.Rule.DeletedAt ?? long.MaxValue),
        "createdBy" => By(rules, query, r => r.Rule.CreatedByName),
        "phase" => By(rules, query, r => r.Rule.DeletedAt != null ? 0 : r.Rule.NotBefore > now || r.Rule.ExpiresAt <= now ? 1 : 2),
        _ => query.Descending ? rules.OrderByDescending(r => r.Rule.Id) : rules.OrderBy(r => r.Rule.Id),
    };

    private static IQueryable<RuleRecord> By<TKey>(IQueryable<RuleRecord> rules, ListQuery query, Expression<Func<RuleRecord, TKey>> key)
        => (query.Descending ? rules.OrderByDescending(key) : rules.OrderBy(key)).ThenBy(r => r.Rule.Id);
}
