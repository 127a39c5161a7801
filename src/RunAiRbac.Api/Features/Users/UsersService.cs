using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Users;

/// <summary>Changes users. Permission and the no-escalation law are judged inside each write, at its own revision.</summary>
internal sealed class UsersService(Writes writes, Passwords passwords, UserLists lists, TimeProvider clock)
{
    private const string LocalProvider = "local";

    public async Task<UserCreated> CreateAsync(HttpContext context, NewUser wanted)
    {
        // Judged here only to spare the hash; the write judges again.
        Acting.Reading(context.Admitted(), clock).ChooseHome(HomedKind.User, wanted.ScopeType, wanted.ScopeId);
        var password = Passwords.NewTemporary();
        var hash = await passwords.HashAsync(password, context.RequestAborted);
        var written = await writes.RunAsync(context, (write, acting) => AddAsync(write, acting, wanted, hash));
        return new UserCreated { Id = written.Value, Username = wanted.Email, TempPassword = password, Revision = written.Version.Token };
    }

    public async Task<User> SetEnabledAsync(HttpContext context, string id, bool enabled)
    {
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandManaged(HomedKind.User, id, "update");
            var row = await write.RowAsync(id, CancellationToken.None);
            await write.SetEnabledAsync(row, enabled, CancellationToken.None);
            return row;
        });
        return lists.Show(written.Value, written.Version);
    }

    public Task DeleteAsync(HttpContext context, string id)
        => writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandManaged(HomedKind.User, id, "delete");
            await write.EndSubjectAsync(id, CancellationToken.None);
            return id;
        });

    public Task SignOutAsync(HttpContext context, string id)
        => writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandNotByOwnKey(context, acting.DemandManaged(HomedKind.User, id, "update"));
            var row = await write.RowAsync(id, CancellationToken.None);
            await write.EndSessionsAsync(row, CancellationToken.None);
            await write.TouchSubjectAsync(row, CancellationToken.None);
            return id;
        });

    public async Task<UserPassword> ResetPasswordAsync(HttpContext context, string id)
    {
        DemandResettable(context, Acting.Reading(context.Admitted(), clock), id);
        var password = Passwords.NewTemporary();
        var hash = await passwords.HashAsync(password, context.RequestAborted);
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var target = DemandResettable(context, acting, id);
            await ReplacePasswordAsync(write, id, hash, mustChange: target != acting.Subject);
            return id;
        });
        return new UserPassword { TempPassword = password, Revision = written.Version.Token };
    }

    private static async Task<string> AddAsync(PolicyWrite write, Acting acting, NewUser wanted, string hash)
    {
        var home = acting.ChooseHome(HomedKind.User, wanted.ScopeType, wanted.ScopeId);
        var known = write.Before.FindSubject(SubjectKind.User, wanted.Email);
        var row = known.IsKnown
            ? await TakeOverAsync(write, acting, known)
            : new SubjectRow { TenantId = write.TenantId, Id = string.Empty, Kind = SubjectKind.User, Key = wanted.Email, Name = wanted.Email, NameFolded = string.Empty, CreatedByName = write.Actor.Name };
        row.Name = wanted.Email;
        row.FirstName = wanted.FirstName;
        row.LastName = wanted.LastName;
        row.HomeScopeId = acting.ToColumn(home);
        row.IsPending = false;
        row.IsLocal = true;
        if (!known.IsKnown) write.AddSubject(row);
        write.Db.Identities.Add(new IdentityRow
        {
            TenantId = write.TenantId,
            Id = Ids.New(),
            SubjectId = row.Id,
            Provider = LocalProvider,
            Claim = row.Id,
            CreatedAt = write.Now,
        });
        write.AddCredential(row.Id, CredentialKinds.Password, hash, mustChange: wanted.MustChangePassword);
        await write.TouchSubjectAsync(row, CancellationToken.None);
        return row.Id;
    }

    /// <summary>
    /// The pending user of that e-mail becomes the new one, with every rule it has: that is handing them out. Disabled it stays disabled: enabling is a
    /// decision of its own.
    /// </summary>
    private static async Task<SubjectRow> TakeOverAsync(PolicyWrite write, Acting acting, SubjectRef known)
    {
        var row = await write.RowAsync(write.Before.Subject(known).Id, CancellationToken.None);
        if (!row.IsPending) throw new ApiException(Kinds.AlreadyExists, "A user with this e-mail already exists.", "email");
        acting.DemandChange(known);
        row.CreatedAt = write.Now;
        row.CreatedById = write.Actor.SubjectId;
        row.CreatedByName = write.Actor.Name;
        return row;
    }

    private static SubjectRef DemandResettable(HttpContext context, Acting acting, string id)
    {
        var target = acting.DemandManaged(HomedKind.User, id, "update");
        acting.DemandNotByOwnKey(context, target);
        if (!acting.Snapshot.Subject(target).HasPassword)
            throw new ApiException(Kinds.Conflict, "Only local users have a password here; this one signs in elsewhere or not at all yet.");
        return target;
    }

    private static async Task ReplacePasswordAsync(PolicyWrite write, string id, string hash, bool mustChange)
    {
        var row = await write.RowAsync(id, CancellationToken.None);
        foreach (var old in await write.CredentialsAsync(id, CredentialKinds.Password, CancellationToken.None)) old.DeletedAt = write.Now;
        write.AddCredential(id, CredentialKinds.Password, hash, mustChange: mustChange);
        await write.EndSessionsAsync(row, CancellationToken.None);
        await write.TouchSubjectAsync(row, CancellationToken.None);
    }
}
