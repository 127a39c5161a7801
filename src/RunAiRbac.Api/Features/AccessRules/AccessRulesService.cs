using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

internal sealed class AccessRulesService(PolicyStore store, Writes writes, TimeProvider clock)
{
    private const string ResourceType = "access_rules";
    private const string PlatformScope = "system";
    private const int PlatformAdministrator = 4003;

    public async Task<AccessRule> CreateAsync(HttpContext context, AccessRuleCreation body)
    {
        var wanted = NewRuleReader.Read(body, clock.NowMicros());
        var written = await writes.RunAsync(context, (write, acting) => AddAsync(write, acting, wanted));
        return ToWire(written.Value, written.Version, Micros.ToTime(written.Value.Rule.CreatedAt));
    }

    public Task DeleteAsync(HttpContext context, string id) => writes.RunAsync(context, async (write, acting) =>
    {
        if (!TryReadId(id, out var number) || !write.Before.TryGetRule(number, out var rule)) throw ApiException.NotFound("access rule");
        if (!acting.Can(ResourceType, "read", rule.Scope) && !acting.Can(ResourceType, "delete", rule.Scope)) throw ApiException.NotFound("access rule");
        acting.Demand(ResourceType, "delete", rule.Scope);
        return await write.EndRuleAsync(number, CancellationToken.None);
    });

    public async Task<AccessRule> GetAsync(HttpContext context, string id)
    {
        var admitted = context.Admitted();
        var acting = Acting.Reading(admitted, clock);
        if (!TryReadId(id, out var number)) throw ApiException.NotFound("access rule");
        await using var db = await store.OpenAsync(context.RequestAborted);
        var record = await AccessRuleListing.Records(db, admitted.Caller.TenantId, clock.NowMicros())
            .SingleOrDefaultAsync(r => r.Rule.Id == number && r.Rule.DeletedAt == null, context.RequestAborted) ?? throw ApiException.NotFound("access rule");
        var scope = admitted.Snapshot.FindScope(record.Rule.ScopeId);
        if (!acting.Can(ResourceType, "read", scope)) throw ApiException.NotFound("access rule");
        return ToWire(record, admitted.Version, clock.GetUtcNow()) with
        {
            ScopePath = string.Join('/', admitted.Snapshot.Path(scope).Select(s => admitted.Snapshot.Scope(s).Name)),
        };
    }

    public async Task<AccessRulePage> ListAsync(HttpContext context)
    {
        var admitted = context.Admitted();
        var query = ListQuery.Read(context.Request.Query, AccessRuleListing.Table);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rules = Matching(db, context, query);
        var total = await CountAsync(rules, context, query);
        var page = await AccessRuleListing.PageAsync(rules, query, context.RequestAborted);
        var now = clock.GetUtcNow();
        return new AccessRulePage(total, page.Count, [.. page.Select(r => ToWire(r, admitted.Version, now))]);
    }

    public async Task<CountResponse> CountAsync(HttpContext context)
    {
        var query = ListQuery.ReadCount(context.Request.Query, AccessRuleListing.Table);
        await using var db = await store.OpenAsync(context.RequestAborted);
        return new CountResponse(await CountAsync(Matching(db, context, query), context, query));
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

    private static async Task<RuleRecord> AddAsync(PolicyWrite write, Acting acting, WantedRule wanted)
    {
        var snapshot = write.Before;
        var scope = FindScope(acting, wanted);
        acting.Demand(ResourceType, "create", scope);
        var role = FindRole(snapshot, wanted);
        acting.DemandGrant(role, scope, wanted.ExpiresAt);
        var subject = FindSubject(write, wanted);
        var (row, existingId) = await write.AddRuleAsync(
            new NewRule(subject, role.Id, scope, wanted.NotBefore, wanted.ExpiresAt, wanted.Reason, wanted.SubjectType), CancellationToken.None);
        if (row is null)
        {
            throw new ApiException(Kinds.AlreadyExists, string.Create(CultureInfo.InvariantCulture, $"This access rule already exists: its id is {existingId}."))
                .With("existingId", existingId);
        }

        var fact = write.After.Subject(write.After.FindSubject(row.SubjectId));
        var place = snapshot.Scope(scope);
        return new RuleRecord
        {
            Rule = row,
            SubjectKind = fact.Kind,
            SubjectName = fact.Name,
            SubjectKey = fact.Key,
            ScopeType = place.Type,
            ScopeName = place.Name,
            ClusterId = ClusterOf(snapshot, scope),
            RoleName = role.Name,
            CreatedBy = write.Actor.Name,
        };
    }

    /// <summary>A scope that the caller may not even read answers as one that does not exist.</summary>
    private static ScopeRef FindScope(Acting acting, WantedRule wanted)
    {
        var snapshot = acting.Snapshot;
        var scope = snapshot.FindScope(wanted.ScopeType, wanted.ScopeId);
        if (!scope.IsKnown || (!acting.CanReadScope(scope) && !acting.Can(ResourceType, "create", scope)))
            throw new ApiException(Kinds.NotFound, $"There is no such {wanted.ScopeType}.", "scopeId");
        var cluster = ClusterOf(snapshot, scope);
        if (wanted.ClusterId is not null && cluster is not null && wanted.ClusterId != cluster)
            throw ApiException.Invalid("clusterId", "is not the cluster of the scope");
        return scope;
    }

    private static RoleFact FindRole(PolicySnapshot snapshot, WantedRule wanted)
    {
        if (!snapshot.TryGetRole(wanted.RoleId, out var role)) throw new ApiException(Kinds.NotFound, "There is no such role.", "roleId");
        if (role.Id == PlatformAdministrator != (wanted.ScopeType == PlatformScope))
            throw ApiException.Invalid("roleId", "and the scope do not fit: Platform administrator is the only role at `system`, and only there");
        return role;
    }

    private static SubjectRef FindSubject(PolicyWrite write, WantedRule wanted)
    {
        var found = Subjects.Find(write.Before, wanted.SubjectKind, wanted.SubjectId);
        if (found.IsKnown) return found;
        switch (wanted.SubjectKind)
        {
            case SubjectKind.Group:
                return write.EnsureGroup(wanted.SubjectId);
            case SubjectKind.User when wanted.SubjectId.Contains('@', StringComparison.Ordinal):
                if (!EmailAddress.IsValid(wanted.SubjectId, out var canonical)) throw ApiException.Invalid("subjectId", "is not an e-mail address");
                return write.EnsureUser(canonical, wanted.SubjectId);
            default:
                throw new ApiException(Kinds.NotFound, wanted.SubjectKind == SubjectKind.User ? "There is no such user." : "There is no such application.", "subjectId");
        }
    }

    private static string? ClusterOf(PolicySnapshot snapshot, ScopeRef scope)
        => snapshot.Path(scope).Select(snapshot.Scope).FirstOrDefault(s => s.Type == "cluster")?.Id;

    private IQueryable<RuleRecord> Matching(RunAiRbacDbContext db, HttpContext context, ListQuery query)
    {
        var admitted = context.Admitted();
        var visible = AccessRuleListing.Visible(AccessRuleListing.Records(db, admitted.Caller.TenantId, clock.NowMicros()), Acting.Reading(admitted, clock));
        return AccessRuleListing.Table.Filter(AccessRuleListing.Filter(visible, RuleFilter.Read(context.Request.Query), query.Search), query);
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
        return principals.SelectMany(snapshot.RulesOf).OrderBy(r => r.Id).Select(r => ToMine(snapshot, r, admitted.Caller.TenantId))
            .Where(r => query.Search is null || new[] { r.SubjectId, r.RoleName, r.ScopeName }.Any(n => Folding.Fold(n).Contains(Folding.Fold(query.Search), StringComparison.Ordinal)));
    }

    private static MyAccessRule ToMine(PolicySnapshot snapshot, Rule rule, int tenantId)
    {
        var subject = snapshot.Subject(rule.Subject);
        var scope = snapshot.Scope(rule.Scope);
        return new MyAccessRule
        {
            Id = rule.Id,
            SubjectId = subject.Name,
            SubjectType = WireType(subject.Kind),
            RoleId = rule.RoleId,
            RoleName = snapshot.TryGetRole(rule.RoleId, out var role) ? role.Name : string.Empty,
            ScopeId = scope.Id,
            ScopeType = scope.Type,
            ScopeName = scope.Name,
            ClusterId = ClusterOf(snapshot, rule.Scope),
            TenantId = tenantId,
        };
    }

    private static AccessRule ToWire(RuleRecord record, PolicyVersion version, DateTimeOffset now)
    {
        var rule = record.Rule;
        return new AccessRule
        {
            Id = rule.Id,
            SubjectId = record.SubjectName,
            SubjectType = rule.SubjectType ?? WireType(record.SubjectKind),
            RoleId = rule.RoleId,
            RoleName = record.RoleName,
            ScopeId = rule.ScopeId,
            ScopeType = record.ScopeType,
            ScopeName = record.ScopeName,
            ClusterId = record.ClusterId,
            CreatedAt = Micros.ToTime(rule.CreatedAt),
            UpdatedAt = Micros.ToTime(rule.UpdatedAt),
            DeletedAt = Time(rule.DeletedAt),
            TenantId = rule.TenantId,
            CreatedBy = record.CreatedBy,
            Status = Status(rule, Micros.From(now)),
            NotBefore = Time(rule.NotBefore),
            ExpiresAt = Time(rule.ExpiresAt),
            Reason = rule.Reason,
            Revision = version.Token,
        };
    }

    private static AccessRuleStatus Status(AccessRuleRow rule, long now) => rule switch
    {
        { DeletedAt: not null } => new AccessRuleStatus("Deleting", "The rule is deleted."),
        _ when rule.NotBefore > now => new AccessRuleStatus("NotReady", "The rule has not started yet."),
        _ when rule.ExpiresAt <= now => new AccessRuleStatus("NotReady", "The rule has expired."),
        _ => new AccessRuleStatus("Ready", null),
    };

    private static string WireType(SubjectKind kind) => kind == SubjectKind.Application ? "app" : Subjects.Type(kind);

    private static DateTimeOffset? Time(long? micros) => micros is { } value ? Micros.ToTime(value) : null;

    private static bool TryReadId(string text, out int id)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && text[0] != '0';
}
