using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>The questions beyond a plain yes or no, answered at one <see cref="DecisionPoint"/>.</summary>
internal static class AuthorizeService
{
    public const int MaxLimit = 1_000;
    private const int DefaultLimit = 100;

    public static ExplainResponse Explain(in DecisionPoint point, in Question question)
    {
        var snapshot = point.Snapshot;
        var explanation = snapshot.Explain(question.Subject, question.Groups, question.ResourceType, question.Action, question.Scope, point.Moment);
        var scope = question.Scope;
        return new ExplainResponse(
            explanation.Decision.Allowed,
            DecisionWriter.Name(explanation.Decision.Reason),
            DecisionWriter.NewDecisionId(),
            point.Version.Token,
            explanation.Decision.Rule is { } rule ? Reference(snapshot, rule) : null,
            [.. explanation.Principals.Select(p => Named(snapshot, p))],
            [.. explanation.Path.Select(s => Named(snapshot, s))],
            [.. explanation.Grants.Select(g => new ExplainedGrant(
                Reference(snapshot, g.Rule), Named(snapshot, g.Rule.Subject), Named(snapshot, g.Rule.Scope), g.Matches, g.WhyNot is { } why ? Name(why) : null))],
            explanation.Decision.Reason == DecisionReason.NoMatchingRule
                ? [.. explanation.Nearest.Select(r => new NearestRole(r.Name, r.Id, Named(snapshot, scope)))]
                : null);
    }

    public static WhoCanResponse WhoCan(in DecisionPoint point, WhoCanRequest request)
    {
        var snapshot = point.Snapshot;
        var scope = snapshot.FindScope(request.Scope.Type, request.Scope.Id);
        if (!point.MayAskAt(scope)) throw new ApiException(Kinds.Forbidden, "This needs the permission `authorization` read at the scope asked about.");
        var limit = Limit(request.Limit);
        var after = Cursor.Read(request.Cursor, "who", point.TenantId, 2);
        var entries = snapshot.WhoCan(snapshot.Catalogue.FindResourceType(request.ResourceType), snapshot.Catalogue.FindAction(request.Action), scope, point.Moment);
        var page = entries.Where(e => after is null || Compare(Key(snapshot, e), after) > 0).Take(limit + 1).ToList();
        var more = page.Count > limit;
        if (more) page.RemoveAt(limit);
        return new WhoCanResponse(
            [.. page.Select(e => WhoCanSubject(snapshot, e))],
            more ? Cursor.Write("who", point.TenantId, Key(snapshot, page[^1])) : null,
            point.Version.Token);
    }

    public static WhatCanResponse WhatCan(in DecisionPoint point, WhatCanRequest request)
    {
        var snapshot = point.Snapshot;
        var (subject, groups) = Questions.ResolveSubject(request.Subject, snapshot, point.Caller);
        var limit = Limit(request.Limit);
        var after = Cursor.Read(request.Cursor, "what", point.TenantId, 3);
        IReadOnlyList<ScopeRef>? within = null;
        if (subject != point.Caller || groups is not null)
        {
            within = point.AskScopes;
            if (within.Count == 0) throw new ApiException(Kinds.Forbidden, "Asking about others needs the permission `authorization` read.");
        }

        var resourceType = request.ResourceType is null ? (int?)null : snapshot.Catalogue.FindResourceType(request.ResourceType);
        var action = request.Action is null ? (int?)null : snapshot.Catalogue.FindAction(request.Action);
        var entries = snapshot.WhatCan(subject, groups, resourceType, action, point.Moment);
        var partial = false;
        if (within is not null) (entries, partial) = Cut(snapshot, entries, within);
        var page = entries.Where(e => after is null || Compare(Key(snapshot, e), after) > 0).Take(limit + 1).ToList();
        var more = page.Count > limit;
        if (more) page.RemoveAt(limit);
        return new WhatCanResponse(
            [.. page.Select(e => PermittedActions(snapshot, e))],
            more ? Cursor.Write("what", point.TenantId, Key(snapshot, page[^1])) : null,
            partial ? true : null,
            point.Version.Token);
    }

    public static PermittedScopesResponse PermittedScopes(Http.Acting acting, string resourceType, string? action)
    {
        PermittedScopes For(string name) => action is null || action == name ? Permitted(acting, resourceType, name) : new PermittedScopes();
        return new PermittedScopesResponse(For("create"), For("read"), For("update"), For("delete"));
    }

    public static NamedReference Named(PolicySnapshot snapshot, ScopeRef scope)
    {
        var fact = snapshot.Scope(scope);
        return new NamedReference(fact.Type, fact.Id, fact.Name);
    }

    private static PermittedScopes Permitted(Http.Acting acting, string resourceType, string action)
    {
        var scopes = acting.PermittedScopes(resourceType, action).Select(acting.Snapshot.Scope).ToLookup(s => s.Type, s => s.Id);
        return new PermittedScopes
        {
            System = scopes.Contains("system"),
            Tenants = [.. scopes["tenant"]],
            Tenant = scopes["tenant"].FirstOrDefault(),
            Clusters = [.. scopes["cluster"]],
            Departments = [.. scopes["department"]],
            Projects = [.. scopes["project"]],
        };
    }

    /// <summary>Cuts permissions to the scopes where the caller may ask: one that holds above such a scope is shown at it.</summary>
    private static (IReadOnlyList<WhatCanEntry> Entries, bool Partial) Cut(PolicySnapshot snapshot, IReadOnlyList<WhatCanEntry> entries, IReadOnlyList<ScopeRef> within)
    {
        var partial = false;
        var cut = new List<WhatCanEntry>();
        foreach (var entry in entries)
        {
            if (within.Any(ask => snapshot.IsWithin(entry.Scope, ask)))
            {
                cut.Add(entry);
                continue;
            }

            partial = true;
            cut.AddRange(within.Where(ask => snapshot.IsWithin(ask, entry.Scope)).Select(ask => entry with { Scope = ask }));
        }

        if (!partial) return (entries, false);
        return ([.. cut.GroupBy(e => (e.Scope, e.ResourceType))
            .Select(g => new WhatCanEntry(
                g.Key.ResourceType, [.. g.SelectMany(e => e.Actions).Distinct().Order()], g.Key.Scope, [.. g.SelectMany(e => e.Rules).DistinctBy(r => r.Id).OrderBy(r => r.Id)]))
            .OrderBy(e => Key(snapshot, e), Comparer<string[]>.Create(Compare))], true);
    }

    /// <summary>The page size asked for; 400 when there is no such.</summary>
    public static int Limit(int? limit)
    {
        if (limit is < 1 or > MaxLimit) throw ApiException.Invalid("limit", $"must be a whole number from 1 to {MaxLimit}");
        return limit ?? DefaultLimit;
    }

    private static string[] Key(PolicySnapshot snapshot, WhoCanEntry entry)
    {
        var fact = snapshot.Subject(entry.Subject);
        return [((int)fact.Kind).ToString(CultureInfo.InvariantCulture), fact.Id];
    }

    private static string[] Key(PolicySnapshot snapshot, WhatCanEntry entry)
        => [snapshot.Path(entry.Scope).Count.ToString("D2", CultureInfo.InvariantCulture), snapshot.Scope(entry.Scope).Id, entry.ResourceType.ToString("D5", CultureInfo.InvariantCulture)];

    /// <summary>The order of the keys that cursors hold.</summary>
    public static int Compare(string[] left, string[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = string.CompareOrdinal(left[i], right[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    private static RuleReference Reference(PolicySnapshot snapshot, Rule rule) => new(rule.Id, snapshot.Sentence(rule));

    private static ViaRule[] Via(PolicySnapshot snapshot, IReadOnlyList<Rule> rules) => [.. rules.Select(r => new ViaRule(Reference(snapshot, r)))];

    private static NamedReference Named(PolicySnapshot snapshot, SubjectRef subject)
    {
        var fact = snapshot.Subject(subject);
        return new NamedReference(Subjects.Type(fact.Kind), fact.Id, fact.Name);
    }

    private static WhoCanSubject WhoCanSubject(PolicySnapshot snapshot, WhoCanEntry entry)
    {
        var fact = snapshot.Subject(entry.Subject);
        var everybody = fact.Kind == SubjectKind.AllAuthenticated;
        return new WhoCanSubject(Subjects.Type(fact.Kind), everybody ? null : fact.Id, everybody ? null : fact.Name, Via(snapshot, entry.Rules));
    }

    private static PermittedActions PermittedActions(PolicySnapshot snapshot, WhatCanEntry entry) => new(
        snapshot.Catalogue.ResourceTypes[entry.ResourceType].Name,
        [.. entry.Actions.Select(a => snapshot.Catalogue.Actions[a])],
        Named(snapshot, entry.Scope),
        Via(snapshot, entry.Rules));

    private static string Name(RuleMismatch mismatch) => mismatch switch
    {
        RuleMismatch.PermissionNotInRole => "permission_not_in_role",
        RuleMismatch.RoleDisabled => "role_disabled",
        RuleMismatch.NotYetStarted => "not_yet_started",
        RuleMismatch.Expired => "expired",
        RuleMismatch.SubjectDisabled => "subject_disabled",
        _ => throw new ArgumentOutOfRangeException(nameof(mismatch)),
    };
}
