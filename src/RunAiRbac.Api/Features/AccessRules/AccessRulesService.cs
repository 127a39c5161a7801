using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Reads rules.</summary>
internal sealed class AccessRulesService(PolicyStore store, TimeProvider clock)
{
    public async Task<AccessRule> GetAsync(HttpContext context, string id)
    {
        var admitted = context.Admitted();
        var acting = Acting.Reading(admitted, clock);
        if (!RuleChanges.TryReadId(id, out var number)) throw ApiException.NotFound("access rule");
        await using var db = await store.OpenAsync(context.RequestAborted);
        var record = await AccessRuleListing.Records(db, admitted.Caller.TenantId, clock.NowMicros())
            .SingleOrDefaultAsync(r => r.Rule.Id == number && r.Rule.DeletedAt == null, context.RequestAborted) ?? throw ApiException.NotFound("access rule");
        var scope = admitted.Snapshot.FindScope(record.Rule.ScopeId);
        if (!acting.Can(RuleChanges.ResourceType, "read", scope)) throw ApiException.NotFound("access rule");
        return WithPath(record, admitted, clock.GetUtcNow());
    }

    public async Task<AccessRulePage> ListAsync(HttpContext context)
    {
        var admitted = context.Admitted();
        var query = ListQuery.Read(context.Request.Query, AccessRuleListing.Table);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rules = await MatchingAsync(db, context, query);
        var total = await CountAsync(rules, context, query);
        var page = await AccessRuleListing.PageAsync(rules, query, context.RequestAborted);
        var now = clock.GetUtcNow();
        return new AccessRulePage(total, page.Count, [.. page.Select(r => WithPath(r, admitted, now))]);
    }

    private static AccessRule WithPath(RuleRecord record, Admitted admitted, DateTimeOffset now)
    {
        var rule = RuleAnswers.Of(record, admitted.Version, now);
        var scope = admitted.Snapshot.FindScope(record.Rule.ScopeId);
        return scope.IsKnown ? rule with { ScopePath = string.Join('/', admitted.Snapshot.Path(scope).Select(s => admitted.Snapshot.Scope(s).Name)) } : rule;
    }

    public async Task<CountResponse> CountAsync(HttpContext context)
    {
        var query = ListQuery.ReadCount(context.Request.Query, AccessRuleListing.Table);
        await using var db = await store.OpenAsync(context.RequestAborted);
        return new CountResponse(await CountAsync(await MatchingAsync(db, context, query), context, query));
    }

    public MyAccessRulePage Mine(HttpContext context)
    {
        var query = ListQuery.Read(context.Request.Query, ListSpec.PagingOnly);
        var rules = MatchingMine(context, query).ToList();
        var page = rules.Skip(query.Offset).Take(query.Limit).ToList();
        return new MyAccessRulePage(rules.Count, page.Count, page);
    }

    public CountResponse CountMine(HttpContext context)
        => new(MatchingMine(context, ListQuery.ReadCount(context.Request.Query, ListSpec.PagingOnly)).Count());

    private async Task<IQueryable<RuleRecord>> MatchingAsync(RunAiRbacDbContext db, HttpContext context, ListQuery query)
    {
        var admitted = context.Admitted();
        var tenantId = admitted.Caller.TenantId;
        var visible = AccessRuleListing.Visible(AccessRuleListing.Records(db, tenantId, clock.NowMicros()), Acting.Reading(admitted, clock));
        var named = await AccessRuleListing.SearchAsync(visible, db, tenantId, query.Search, context.RequestAborted);
        var filter = RuleFilter.Read(context.Request.Query);
        var subjects = await AccessRuleListing.SubjectsAsync(db, tenantId, filter, context.RequestAborted);
        return AccessRuleListing.Table.Filter(AccessRuleListing.Filter(named, filter, subjects), query);
    }

    /// <summary>Without a filter the snapshot knows the number; counting a million rows takes longer than reading a page of them.</summary>
    private async Task<long> CountAsync(IQueryable<RuleRecord> rules, HttpContext context, ListQuery query)
        => query.Filters.Count == 0 && query.Search is null && RuleFilter.Read(context.Request.Query).IsEmpty
            ? AccessRuleListing.VisibleCount(Acting.Reading(context.Admitted(), clock))
            : await rules.LongCountAsync(context.RequestAborted);

    /// <summary>The caller's own rules with those of its groups and of all authenticated, by id.</summary>
    private IEnumerable<MyAccessRule> MatchingMine(HttpContext context, ListQuery query)
    {
        var admitted = context.Admitted();
        var snapshot = admitted.Snapshot;
        var now = clock.NowMicros();
        var principals = new List<SubjectRef> { admitted.Subject };
        if (snapshot.Subject(admitted.Subject).Kind == SubjectKind.User)
            principals.AddRange(snapshot.GroupsOf(admitted.Subject).Where(g => g.ValidUntil > now).Select(g => g.Group));
        if (snapshot.AllAuthenticated.IsKnown) principals.Add(snapshot.AllAuthenticated);
        return principals.SelectMany(snapshot.RulesOf).OrderBy(r => r.Id).Select(r => RuleAnswers.Mine(snapshot, r, admitted.Caller.TenantId))
            .Where(r => query.Search is null || new[] { r.SubjectId, r.RoleName, r.ScopeName }.Any(n => Folding.Fold(n).Contains(Folding.Fold(query.Search), StringComparison.Ordinal)));
    }
}
