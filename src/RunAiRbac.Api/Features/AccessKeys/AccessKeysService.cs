using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessKeys;

/// <summary>A key with its secret, which is shown this once.</summary>
internal sealed record NewAccessKey(CredentialRow Row, string Secret, string Revision);

/// <summary>
/// A user's own access keys: no permission is asked, and another's key is none. Each is a credential whose id is also its client id.
/// </summary>
internal sealed class AccessKeysService(PolicyStore store, Writes writes)
{
    public const int MostPerUser = 20;

    public async Task<IReadOnlyList<AccessKey>> ListAsync(HttpContext context)
    {
        var admitted = DemandUser(context);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Own(db, admitted.Caller).OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(context.RequestAborted);
        return rows.ConvertAll(row => Show(row, admitted.Version));
    }

    public async Task<AccessKey> GetAsync(HttpContext context, string id)
    {
        var admitted = DemandUser(context);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await Own(db, admitted.Caller).SingleOrDefaultAsync(x => x.Id == id, context.RequestAborted) ?? throw Unknown();
        return Show(row, admitted.Version);
    }

    public async Task<NewAccessKey> CreateAsync(HttpContext context, string name)
    {
        var userId = DemandUser(context).Caller.SubjectId;
        var secret = Secrets.New();
        var written = await writes.RunAsync(context, async (write, _) =>
        {
            var keys = await write.AccessKeysAsync(userId, CancellationToken.None);
            if (keys.Exists(key => key.Label == name)) throw new ApiException(Kinds.AlreadyExists, "The caller has an access key of this name already.", "name");
            if (keys.Count >= MostPerUser) throw new ApiException(Kinds.Conflict, $"A user has at most {MostPerUser} access keys; delete one first.");
            return write.AddAccessKey(userId, name, Secrets.Hash(secret));
        });
        return new NewAccessKey(written.Value, secret, written.Version.Token);
    }

    public async Task<NewAccessKey> ReplaceSecretAsync(HttpContext context, string id)
    {
        var userId = DemandUser(context).Caller.SubjectId;
        var secret = Secrets.New();
        var written = await writes.RunAsync(context, async (write, _) =>
        {
            var key = await FindOwnAsync(write, userId, id);
            await write.ReplaceAccessKeySecretAsync(key, Secrets.Hash(secret), CancellationToken.None);
            return key;
        });
        return new NewAccessKey(written.Value, secret, written.Version.Token);
    }

    public Task DeleteAsync(HttpContext context, string id)
    {
        var userId = DemandUser(context).Caller.SubjectId;
        return writes.RunAsync(context, async (write, _) =>
        {
            await write.EndAccessKeyAsync(await FindOwnAsync(write, userId, id), CancellationToken.None);
            return id;
        });
    }

    internal static ApiException Unknown() => ApiException.NotFound("access key");

    private static Admitted DemandUser(HttpContext context)
    {
        var admitted = context.Admitted();
        return admitted.Snapshot.Subject(admitted.Subject).Kind == SubjectKind.User
            ? admitted
            : throw new ApiException(Kinds.Forbidden, "Only users have access keys: an application signs in with its own secret.");
    }

    private static async Task<CredentialRow> FindOwnAsync(PolicyWrite write, string userId, string id)
        => await write.FindAccessKeyAsync(id, CancellationToken.None) is { } key && key.SubjectId == userId ? key : throw Unknown();

    private static IQueryable<CredentialRow> Own(RunAiRbacDbContext db, Caller caller)
        => db.Credentials.AsNoTracking().Where(x => x.TenantId == caller.TenantId && x.SubjectId == caller.SubjectId && x.Kind == CredentialKinds.AccessKey && x.DeletedAt == null);

    private static AccessKey Show(CredentialRow row, PolicyVersion version) => new()
    {
        Id = row.Id,
        Name = row.Label!,
        ClientId = row.Id,
        CreatedAt = Micros.ToTime(row.CreatedAt),
        LastLogin = row.LastUsedAt is { } at ? Micros.ToTime(at) : null,
        Revision = version.Token,
    };
}
