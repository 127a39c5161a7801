using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>What the database says of a tenant at one moment, and the same as facts of the reference evaluator. Nobody may write while it is read.</summary>
internal sealed class TenantState
{
    public required long Revision { get; init; }

    public required ReferencePolicy Policy { get; init; }

    /// <summary>The living ones.</summary>
    public required IReadOnlyDictionary<string, SubjectRow> Subjects { get; init; }

    public required ILookup<string, CredentialRow> Credentials { get; init; }

    public required ILookup<string, IdentityRow> Identities { get; init; }

    /// <summary>Those that have not been ended.</summary>
    public required ILookup<string, SessionRow> Sessions { get; init; }

    public required IReadOnlyDictionary<string, ScopeRow> Scopes { get; init; }

    /// <summary>Aliases of identity providers.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>Of the whole store.</summary>
    public required IReadOnlyList<int> Tenants { get; init; }

    /// <summary>Everything that a call may not change when it is refused.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>The same without what is of the whole store, where other tests may make tenants at the same time.</summary>
    public IEnumerable<string> OwnLines => Lines.Skip(1);

    public string TenantScope => Policy.Scopes.Single(s => s.Type == "tenant").Id;

    public SubjectFact? Find(string id) => Policy.FindSubject(id);

    public IEnumerable<CredentialRow> AccessKeysOf(string id) => Credentials[id].Where(c => c.Kind == CredentialKinds.AccessKey);

    /// <summary>Whether somebody can sign in as it.</summary>
    public bool CanAct(string id) => Subjects.TryGetValue(id, out var row) && row is { Enabled: true, IsPending: false } && Credentials[id].Any();

    /// <summary>The home scope; one that has ended leaves it to the tenant.</summary>
    public string HomeOf(string id) => Subjects[id].HomeScopeId is { } home && Scopes.ContainsKey(home) ? home : TenantScope;

    public IReadOnlyList<MembershipFact> MembershipsOf(string id) => [.. Policy.Memberships.Where(m => m.UserId == id).OrderBy(m => m.GroupId, StringComparer.Ordinal)];

    public static async Task<TenantState> ReadAsync(PolicyStore store, int tenantId, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        var revision = await db.Revisions.AsNoTracking().SingleAsync(x => x.TenantId == tenantId, cancellationToken);
        var roles = await db.Roles.AsNoTracking().Where(x => x.TenantId == tenantId).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var scopes = await db.Scopes.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var subjects = await db.Subjects.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var credentials = await db.Credentials.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var identities = await db.Identities.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var sessions = await db.Sessions.AsNoTracking().Where(x => x.TenantId == tenantId && x.EndedAt == null).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var rules = await db.AccessRules.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).OrderBy(x => x.Id).ToListAsync(cancellationToken);
        var tenants = await db.Tenants.OrderBy(x => x.Id).Select(x => x.Id).ToListAsync(cancellationToken);
        var members = await (
            from membership in db.Memberships
            join g in db.Groups on new { membership.TenantId, Id = membership.GroupId } equals new { g.TenantId, g.Id }
            where membership.TenantId == tenantId && membership.EndedRevision == null && g.DeletedAt == null
            orderby membership.UserId, g.SubjectId
            select new { membership.UserId, g.SubjectId, g.Source, membership.ValidUntil }).ToListAsync(cancellationToken);
        var providers = await db.IdentityProviders.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).OrderBy(x => x.Alias).ToListAsync(cancellationToken);
        var settings = await db.SecuritySettings.AsNoTracking().Where(x => x.TenantId == tenantId).OrderBy(x => x.Key).ToListAsync(cancellationToken);
        var trusted = providers.Where(x => x.GroupsTrusted).Select(x => x.Alias).Append("directory").ToHashSet(StringComparer.Ordinal);
        var withPassword = credentials.Where(c => c.Kind == CredentialKinds.Password && c.ExpiresAt is null).Select(c => c.SubjectId).ToHashSet(StringComparer.Ordinal);

        return new TenantState
        {
            Revision = revision.Revision,
            Policy = new ReferencePolicy
            {
                ResourceTypes = [.. Catalogue.Default.ResourceTypes.Select(t => t.Name)],
                Actions = Catalogue.Default.Actions,
                Roles = roles.ConvertAll(x => x.ToFact()),
                Scopes = scopes.ConvertAll(x => new ScopeFact(x.Id, x.Type, x.ParentId, x.Name)),
                Subjects = subjects.ConvertAll(x => new SubjectFact(x.Id, x.Kind, x.Key, x.Name, x.Enabled, x.SessionEpoch, x.HomeScopeId, x.IsLocal == true && withPassword.Contains(x.Id))),
                Memberships = [.. members.Where(m => trusted.Contains(m.Source)).GroupBy(m => (m.UserId, m.SubjectId)).Select(m => new MembershipFact(
                    m.Key.UserId, m.Key.SubjectId, m.Any(x => x.ValidUntil is null) ? null : m.Max(x => x.ValidUntil)))],
                Rules = rules.ConvertAll(x => new RuleFact(x.Id, x.SubjectId, x.RoleId, x.ScopeId, x.NotBefore, x.ExpiresAt)),
            },
            Subjects = subjects.ToDictionary(x => x.Id, StringComparer.Ordinal),
            Credentials = credentials.ToLookup(x => x.SubjectId, StringComparer.Ordinal),
            Identities = identities.ToLookup(x => x.SubjectId, StringComparer.Ordinal),
            Sessions = sessions.ToLookup(x => x.SubjectId, StringComparer.Ordinal),
            Tenants = tenants,
            Scopes = scopes.ToDictionary(x => x.Id, StringComparer.Ordinal),
            Providers = [.. providers.Select(x => x.Alias)],
            Lines =
            [
                $"the store has {tenants.Count} tenants",
                $"revision {revision.Revision}, last rule {revision.LastRuleId}",
                .. roles.Select(x => $"role {x.Id} {x.Name} {x.Enabled} {x.Permissions}"),
                .. scopes.Select(x => $"scope {x.Id} {x.Type} {x.ParentId} {x.Name} {x.Namespace} {x.Details}"),
                .. subjects.Select(Describe),
                .. credentials.Select(x => $"credential {x.Id} of {x.SubjectId} {x.Kind} {x.Label} {x.Hash} {x.MustChange} {x.ExpiresAt}"),
                .. identities.Select(x => $"identity {x.Id} of {x.SubjectId} {x.Provider} {x.Claim}"),
                .. sessions.Select(x => $"session {x.Id} of {x.SubjectId}"),
                .. members.Select(x => $"member {x.UserId} of {x.SubjectId} by {x.Source} until {x.ValidUntil}"),
                .. providers.Select(x => $"provider {x.Alias} {x.Type} {x.Name} {x.Settings} {x.ProtectedSecret} {x.TrustedEmailDomains} {x.GroupsTrusted}"),
                .. settings.Select(x => $"setting {x.Key} {x.Value}"),
                .. rules.Select(x => $"rule {x.Id} {x.SubjectId} {x.RoleId} {x.ScopeId} {x.NotBefore} {x.ExpiresAt} {x.Reason}"),
            ],
        };
    }

    public static string Describe(SubjectRow x)
        => $"subject {x.Id} {x.Kind} {x.Key} {x.Name} {x.FirstName} {x.LastName} pending {x.IsPending} local {x.IsLocal} enabled {x.Enabled} epoch {x.SessionEpoch} home {x.HomeScopeId}";
}
