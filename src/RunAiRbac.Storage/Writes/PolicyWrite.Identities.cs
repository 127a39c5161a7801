using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>Identities: the ways in which a subject is recognized. Decisions know nothing of them.</summary>
public sealed partial class PolicyWrite
{
    /// <summary>Adds a way to be recognized as the subject, without an event of its own: for what is made together with the subject.</summary>
    public IdentityRow AddIdentity(string subjectId, string provider, string claim)
    {
        var row = new IdentityRow { TenantId = TenantId, Id = Ids.New(), SubjectId = subjectId, Provider = provider, Claim = claim, CreatedAt = Now };
        Db.Identities.Add(row);
        return row;
    }

    /// <summary>Lets a provider's account be recognized as the user. No other living identity of this provider may have the claim.</summary>
    public IdentityRow LinkIdentity(string userId, IdentityProviderRow provider, string claim, string? email = null, string? attributes = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var row = AddIdentity(userId, provider.Alias, claim);
        (row.ProviderId, row.Email, row.Attributes) = (provider.Id, email, attributes);
        RecordIdentity(row, null, ShowIdentity(row));
        return row;
    }

    /// <summary>The living provider of this row id, tracked; null: it has ended.</summary>
    public async Task<IdentityProviderRow?> FindProviderByIdAsync(string id, CancellationToken cancellationToken)
        => await Db.IdentityProviders.FindAsync([TenantId, id], cancellationToken) is { DeletedAt: null } row ? row : null;

    /// <summary>The living identity of a provider's account, tracked; null: none. The provider is its row: what an earlier one of the alias said is nobody's.</summary>
    public async Task<IdentityRow?> FindIdentityAsync(string providerId, string claim, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await Db.Identities.SingleOrDefaultAsync(x => x.TenantId == TenantId && x.ProviderId == providerId && x.Claim == claim && x.DeletedAt == null, cancellationToken);
    }

    /// <summary>The living identities of a subject, tracked, oldest first.</summary>
    public async Task<List<IdentityRow>> IdentitiesAsync(string subjectId, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await Db.Identities
            .Where(x => x.TenantId == TenantId && x.SubjectId == subjectId && x.DeletedAt == null)
            .OrderBy(x => x.CreatedAt).ThenBy(x => x.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Keeps what the provider says now. Nothing is recorded when it says the same.</summary>
    /// <param name="row">A tracked identity.</param>
    /// <param name="email">The address that it says.</param>
    /// <param name="attributes">The JSON of the attributes that it says.</param>
    /// <param name="note">For the event, when the address is not the user's too: why.</param>
    public void ChangeIdentity(IdentityRow row, string? email, string? attributes, string? note = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Email == email && row.Attributes == attributes) return;
        var before = ShowIdentity(row);
        (row.Email, row.Attributes) = (email, attributes);
        RecordIdentity(row, before, ShowIdentity(row));
        if (note is not null) _trail.Told(AuditEntities.Identity, row.Id).Metadata["email"] = note;
    }

    /// <summary>Ends a tracked identity. What came through it (sessions, memberships) is the caller's to end.</summary>
    public void EndIdentity(IdentityRow row, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.DeletedAt = Now;
        RecordIdentity(row, ShowIdentity(row), null);
        if (isLast) _trail.Told(AuditEntities.Identity, row.Id).Metadata["last_identity"] = "true";
    }

    private void RecordIdentity(IdentityRow row, JsonObject? before, JsonObject? after)
    {
        var home = After.Subject(After.FindSubject(row.SubjectId)).HomeScopeId;
        RecordEvent(AuditEntities.Identity, row.Id, $"{row.Provider}: {row.Claim}", before, after, scopeId: home);
    }

    private JsonObject ShowIdentity(IdentityRow row) => new()
    {
        ["id"] = row.Id,
        ["userId"] = row.SubjectId,
        ["userName"] = After.Subject(After.FindSubject(row.SubjectId)).Name,
        ["provider"] = row.Provider,
        ["subjectClaim"] = row.Claim,
        ["email"] = row.Email,
        ["attributes"] = row.Attributes is null ? null : JsonNode.Parse(row.Attributes),
    };
}
