using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>What rules and memberships there were at each revision, by the revisions that made and ended their rows. Scopes and subjects must not have changed meanwhile.</summary>
internal sealed class RowHistory
{
    private readonly Dictionary<long, ReferencePolicy> _states = [];

    public required ReferencePolicy Now { get; init; }

    public required List<AccessRuleRow> Rules { get; init; }

    public required List<MembershipRow> Memberships { get; init; }

    public required Dictionary<string, string> GroupSubjects { get; init; }

    public static async Task<RowHistory> ReadAsync(PolicyStore store, int tenantId)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var db = await store.OpenAsync(cancellationToken);
        return new RowHistory
        {
            Now = await TenantRows.ReadAsync(store, tenantId),
            Rules = await db.AccessRules.AsNoTracking().Where(x => x.TenantId == tenantId).ToListAsync(cancellationToken),
            Memberships = await db.Memberships.AsNoTracking().Where(x => x.TenantId == tenantId).ToListAsync(cancellationToken),
            GroupSubjects = await db.Groups.AsNoTracking().Where(x => x.TenantId == tenantId).ToDictionaryAsync(x => x.Id, x => x.SubjectId, cancellationToken),
        };
    }

    public ReferencePolicy At(long revision)
    {
        if (_states.TryGetValue(revision, out var known)) return known;
        bool Was(long made, long? ended) => made <= revision && (ended is null || ended > revision);
        return _states[revision] = new ReferencePolicy
        {
            ResourceTypes = Now.ResourceTypes,
            Actions = Now.Actions,
            Roles = Now.Roles,
            Scopes = Now.Scopes,
            Subjects = Now.Subjects,
            Memberships = [.. Memberships.Where(x => Was(x.MadeRevision, x.EndedRevision)).Select(x => new MembershipFact(x.UserId, GroupSubjects[x.GroupId], x.ValidUntil))],
            Rules = [.. Rules.Where(x => Was(x.MadeRevision, x.EndedRevision)).Select(x => new RuleFact(x.Id, x.SubjectId, x.RoleId, x.ScopeId, x.NotBefore, x.ExpiresAt))],
        };
    }
}
