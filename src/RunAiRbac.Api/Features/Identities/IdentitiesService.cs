using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Sso;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Identities;

/// <summary>Links and unlinks. Permission and the no-escalation law are judged inside each write, at its own revision.</summary>
internal sealed class IdentitiesService(Writes writes)
{
    public const string Local = "local";

    public async Task<UserIdentity> LinkAsync(HttpContext context, string userId, NewIdentity wanted)
    {
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var target = acting.DemandManaged(HomedKind.User, userId, "update");
            acting.DemandNotByOwnKey(context, target);
            var provider = await FindProviderAsync(write, wanted.Provider);
            await DemandFreeAsync(write, provider, userId, wanted.SubjectClaim);
            await EndPendingAsync(write, acting, target);
            var row = write.LinkIdentity(userId, provider, wanted.SubjectClaim);
            await PendingLinks.ForgetAsync(write, provider.Id, wanted.SubjectClaim);
            return IdentityLists.Show(row, provider);
        });
        return written.Value with { Revision = written.Version.Token };
    }

    public async Task<IdentityUnlinked> UnlinkAsync(HttpContext context, string userId, string identityId)
    {
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandNotByOwnKey(context, acting.DemandManaged(HomedKind.User, userId, "update"));
            var identities = await write.IdentitiesAsync(userId, CancellationToken.None);
            var identity = identities.Find(x => x.Id == identityId) ?? throw ApiException.NotFound("identity");
            await EndAsync(write, identity, isLast: identities.Count == 1);
            return identities.Count - 1;
        });
        return new IdentityUnlinked { Remaining = written.Value, Revision = written.Version.Token };
    }

    /// <summary>
    /// Ends an identity with what came through it. All sessions of the user go, by its epoch: a sign-in through this identity that is just being finished would
    /// otherwise outlive it.
    /// </summary>
    private static async Task EndAsync(PolicyWrite write, IdentityRow identity, bool isLast)
    {
        var row = await write.RowAsync(identity.SubjectId, CancellationToken.None);
        if (identity.Provider == Local) await EndPasswordAsync(write, row);
        else await write.SetGroupsAsync(row.Id, identity.Provider, [], CancellationToken.None);
        write.EndIdentity(identity, isLast);
        await write.EndSessionsAsync(row, CancellationToken.None);
        await write.TouchSubjectAsync(row, CancellationToken.None);
    }

    /// <summary>Before the subject is changed: credentials are locked first, as by whoever signs in (<see cref="SignIn.Sessions"/>).</summary>
    private static async Task EndPasswordAsync(PolicyWrite write, SubjectRow row)
    {
        foreach (var password in await write.CredentialsAsync(row.Id, CredentialKinds.Password, CancellationToken.None)) password.DeletedAt = write.Now;
        row.IsLocal = false;
    }

    /// <summary>Who is only named by rules becomes a user: that is creating one, with every rule it has.</summary>
    private static async Task EndPendingAsync(PolicyWrite write, Acting acting, SubjectRef target)
    {
        var row = await write.RowAsync(acting.Snapshot.Subject(target).Id, CancellationToken.None);
        if (!row.IsPending) return;
        acting.Demand(HomedKind.User.ResourceType, "create", acting.HomeOf(target));
        (row.IsPending, row.IsLocal) = (false, false);
        (row.CreatedAt, row.CreatedById, row.CreatedByName) = (write.Now, write.Actor.SubjectId, write.Actor.Name);
        await write.TouchSubjectAsync(row, CancellationToken.None);
    }

    private static async Task DemandFreeAsync(PolicyWrite write, IdentityProviderRow provider, string userId, string claim)
    {
        if (await write.FindIdentityAsync(provider.Id, claim, CancellationToken.None) is not null)
            throw new ApiException(Kinds.AlreadyExists, "This account is linked to a user already.", "subjectClaim");
        if ((await write.IdentitiesAsync(userId, CancellationToken.None)).Exists(x => x.ProviderId == provider.Id))
            throw new ApiException(Kinds.Conflict, "The user has an account of this provider already; unlink it first.", "provider");
    }

    private static async Task<IdentityProviderRow> FindProviderAsync(PolicyWrite write, string alias)
        => (Aliases.Read(alias) is { } stored ? await write.FindProviderAsync(stored, CancellationToken.None) : null)
            ?? throw new ApiException(Kinds.NotFound, "There is no such identity provider.", "provider");
}
