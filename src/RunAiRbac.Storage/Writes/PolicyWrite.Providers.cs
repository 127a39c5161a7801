using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Identity providers and security settings. Decisions depend on them by whose groups count; the rest is a revision without a change.</summary>
public sealed partial class PolicyWrite
{
    private readonly Dictionary<string, (JsonObject Shown, string? Secret)> _providersBefore = new(StringComparer.Ordinal);

    /// <summary>Adds a provider; its tenant, an empty id and the Made/Created/Updated fields are set here. Its alias must be free.</summary>
    public async Task AddProviderAsync(IdentityProviderRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.TenantId = TenantId;
        if (row.Id.Length == 0) row.Id = Ids.New();
        (row.CreatedAt, row.CreatedById, row.CreatedByName) = (Now, Actor.SubjectId, Actor.Name);
        (row.UpdatedAt, row.MadeRevision) = (Now, Revision);
        await RecordTrustAsync(row.Alias, row.GroupsTrusted, cancellationToken);
        Db.IdentityProviders.Add(row);
        RecordProvider(row, before: null);
    }

    /// <summary>The living provider of this alias, tracked; null: none.</summary>
    public async Task<IdentityProviderRow?> FindProviderAsync(string alias, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var row = await Db.IdentityProviders.SingleOrDefaultAsync(x => x.TenantId == TenantId && x.Alias == alias && x.DeletedAt == null, cancellationToken);
        if (row is not null) _providersBefore.TryAdd(row.Id, (ShowProvider(row), row.ProtectedSecret));
        return row;
    }

    /// <summary>Whether the tenant has a living provider.</summary>
    public async Task<bool> HasProvidersAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await Db.IdentityProviders.AnyAsync(x => x.TenantId == TenantId && x.DeletedAt == null, cancellationToken);
    }

    /// <summary>After changing a row tracked by <see cref="FindProviderAsync"/>, but for its trust in groups (<see cref="TrustGroupsAsync"/>) and its alias, which stays.</summary>
    public void TouchProvider(IdentityProviderRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.UpdatedAt = Now;
        var (before, secret) = _providersBefore.GetValueOrDefault(row.Id);
        RecordProvider(row, before);
        if (before is not null && secret != row.ProtectedSecret) _trail.Told(AuditEntities.IdentityProvider, row.Alias).Metadata["clientSecret"] = "changed";
    }

    /// <summary>Lets a provider's memberships count, or no longer.</summary>
    public async Task TrustGroupsAsync(IdentityProviderRow row, bool trusted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        await RecordTrustAsync(row.Alias, trusted, cancellationToken);
        row.GroupsTrusted = trusted;
        TouchProvider(row);
    }

    /// <summary>Ends a provider with its groups, memberships, identities and sessions, in rows and as one change. Another one with its alias gets none of them.</summary>
    public async Task EndProviderAsync(IdentityProviderRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        var alias = row.Alias;
        await RecordTrustAsync(alias, trusted: false, cancellationToken);
        await Db.Memberships.Where(x => x.TenantId == TenantId && x.EndedRevision == null
                && Db.Groups.Any(g => g.TenantId == TenantId && g.Id == x.GroupId && g.Source == alias))
            .ExecuteUpdateAsync(x => x.SetProperty(m => m.EndedRevision, Revision), cancellationToken);
        await Db.Groups.Where(x => x.TenantId == TenantId && x.DeletedAt == null && x.Source == alias).ExecuteUpdateAsync(
            x => x.SetProperty(g => g.DeletedAt, Now), cancellationToken);
        await Db.Identities.Where(x => x.TenantId == TenantId && x.DeletedAt == null && x.Provider == alias).ExecuteUpdateAsync(
            x => x.SetProperty(i => i.DeletedAt, Now), cancellationToken);
        var groups = Db.ChangeTracker.Entries<GroupRow>().Where(x => x.Entity.Source == alias).Select(x => x.Entity.Id).ToHashSet(StringComparer.Ordinal);
        Align<MembershipRow>(x => x.EndedRevision is null && groups.Contains(x.GroupId), x => x.EndedRevision = Revision);
        Align<GroupRow>(x => x.Source == alias && x.DeletedAt is null, x => x.DeletedAt = Now);
        Align<IdentityRow>(x => x.Provider == alias && x.DeletedAt is null, x => x.DeletedAt = Now);
        (row.DeletedAt, row.EndedRevision) = (Now, Revision);
        TouchProvider(row);
        await EndProviderSessionsAsync(row.Id, cancellationToken);
    }

    // INVARIANT: the provider's row is written before its sessions are looked for. A sign-in by it writes that row too, in the transaction that adds its
    // session: either it waits and finds the provider ended, or its session is found here.
    private async Task EndProviderSessionsAsync(string id, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var living = Db.Sessions.Where(x => x.TenantId == TenantId && x.ProviderId == id && x.EndedAt == null);
        var sessions = await living.Where(x => x.ExpiresAt > Now).Select(x => new { x.Id, x.SubjectId }).ToListAsync(cancellationToken);
        await living.ExecuteUpdateAsync(x => x.SetProperty(s => s.EndedAt, Now).SetProperty(s => s.RefreshHash, (string?)null), cancellationToken);
        Align<SessionRow>(x => x.ProviderId == id && x.EndedAt is null, x => (x.EndedAt, x.RefreshHash) = (Now, null));
        foreach (var session in sessions)
        {
            Record(new SessionEnd(new(session.Id, Now + _longestTokenLifetime)));
            NoteEndedSession(session.Id, session.SubjectId);
        }
    }

    /// <summary>Sets a security setting to a JSON object.</summary>
    public async Task PutSecuritySettingAsync(string key, string value, CancellationToken cancellationToken)
    {
        var row = await Db.SecuritySettings.FindAsync([TenantId, key], cancellationToken);
        var before = row is null ? null : JsonNode.Parse(row.Value);
        if (row is null) Db.SecuritySettings.Add(row = new SecuritySettingRow { TenantId = TenantId, Key = key, Value = value, UpdatedByName = Actor.Name });
        row.Value = value;
        (row.UpdatedAt, row.UpdatedById, row.UpdatedByName) = (Now, Actor.SubjectId, Actor.Name);
        RecordEvent(AuditEntities.SecuritySetting, key, key, before, JsonNode.Parse(value));
    }

    private void RecordProvider(IdentityProviderRow row, JsonObject? before)
        => RecordEvent(AuditEntities.IdentityProvider, row.Alias, row.Name, before, row.DeletedAt is null ? ShowProvider(row) : null);

    /// <summary>Its settings hold no secret; a metadata document is shown by what was read from it.</summary>
    private static JsonObject ShowProvider(IdentityProviderRow row)
    {
        var settings = JsonNode.Parse(row.Settings);
        (settings?["saml"]?["metadata"] as JsonObject)?.Remove("document");
        return new()
        {
            ["alias"] = row.Alias,
            ["name"] = row.Name,
            ["type"] = row.Type,
            ["settings"] = settings,
            ["trustedEmailDomains"] = JsonNode.Parse(row.TrustedEmailDomains),
            ["groupsTrusted"] = row.GroupsTrusted,
        };
    }

    /// <summary>Records what a source's coming to count, or ceasing to, does to memberships. The rows must still say what was before.</summary>
    private async Task RecordTrustAsync(string source, bool trusted, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var sources = await GroupSources.TrustedAsync(Db, TenantId, cancellationToken);
        if (sources.Contains(source) == trusted) return;
        // Two simple queries: the join of memberships with themselves took half a minute on PostgreSQL while it had no statistics.
        var said = (await LivingMembers().Where(x => x.Source == source).ToListAsync(cancellationToken)).Select(x => (x.UserId, x.GroupId)).ToHashSet();
        if (said.Count == 0) return;
        var groups = said.Select(x => x.GroupId).Distinct().ToList();
        var members = (await LivingMembers().Where(x => groups.Contains(x.GroupId)).ToListAsync(cancellationToken)).FindAll(x => said.Contains((x.UserId, x.GroupId)));
        var before = Effective(members, sources);
        if (trusted) sources.Add(source);
        else sources.Remove(source);
        RecordMemberships(members.Select(x => (x.UserId, x.GroupId)), before, Effective(members, sources));
    }
}
