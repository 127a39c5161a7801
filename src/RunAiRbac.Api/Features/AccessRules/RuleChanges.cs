using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>
/// One creation or deletion of a rule inside a write, the same for every route, batch and rehearsal. Permission and the law are judged on the state before
/// the write; what is there already, on what the write has done so far.
/// </summary>
internal static class RuleChanges
{
    public const string ResourceType = "access_rules";
    private const string PlatformScope = "system";

    // INVARIANT: once a subject has been made for the rule, nothing refuses it any more. So a refused item of a batch leaves nothing behind.
    public static async Task<RuleRecord> CreateAsync(PolicyWrite write, Acting acting, WantedRule wanted)
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
            ScopeType = place.Type,
            ScopeName = place.Name,
            ClusterId = RuleAnswers.ClusterOf(snapshot, scope),
            RoleName = role.Name,
            CreatedBy = write.Actor.Name,
        };
    }

    /// <summary>Ends the rule of that id; 404 when there is none (any more) that the caller may read or delete.</summary>
    public static async Task<Rule> DeleteAsync(PolicyWrite write, Acting acting, string id)
    {
        var rule = FindToDelete(write, acting, id);
        await write.EndRuleAsync(rule.Id, CancellationToken.None);
        return rule;
    }

    public static Rule FindToDelete(PolicyWrite write, Acting acting, string id)
    {
        if (!TryReadId(id, out var number) || !write.After.TryGetRule(number, out var rule)) throw ApiException.NotFound("access rule");
        if (!acting.Can(ResourceType, "read", rule.Scope) && !acting.Can(ResourceType, "delete", rule.Scope)) throw ApiException.NotFound("access rule");
        acting.Demand(ResourceType, "delete", rule.Scope);
        return rule;
    }

    public static bool TryReadId(string text, out int id)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && text[0] != '0';

    /// <summary>A scope that the caller may not even read answers as one that does not exist.</summary>
    private static ScopeRef FindScope(Acting acting, WantedRule wanted)
    {
        var snapshot = acting.Snapshot;
        var scope = snapshot.FindScope(wanted.ScopeType, wanted.ScopeId);
        if (!scope.IsKnown || (!acting.CanReadScope(scope) && !acting.Can(ResourceType, "create", scope)))
            throw new ApiException(Kinds.NotFound, $"There is no such {wanted.ScopeType}.", "scopeId");
        var cluster = RuleAnswers.ClusterOf(snapshot, scope);
        if (wanted.ClusterId is not null && cluster is not null && wanted.ClusterId != cluster)
            throw ApiException.Invalid("clusterId", "is not the cluster of the scope");
        return scope;
    }

    private static RoleFact FindRole(PolicySnapshot snapshot, WantedRule wanted)
    {
        if (!snapshot.TryGetRole(wanted.RoleId, out var role)) throw new ApiException(Kinds.NotFound, "There is no such role.", "roleId");
        if (role.Id == PredefinedRoles.PlatformAdministrator != (wanted.ScopeType == PlatformScope))
            throw ApiException.Invalid("roleId", "and the scope do not fit: Platform administrator is the only role at `system`, and only there");
        return role;
    }

    private static SubjectRef FindSubject(PolicyWrite write, WantedRule wanted)
    {
        if (wanted.SubjectKind == SubjectKind.AllAuthenticated) return write.Before.AllAuthenticated;
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
}
