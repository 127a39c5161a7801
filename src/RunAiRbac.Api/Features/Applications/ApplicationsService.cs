using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>Changes applications. Permission and the no-escalation law are judged inside each write, at its own revision.</summary>
internal sealed class ApplicationsService(Writes writes)
{
    public async Task<(string Id, string Secret, string Revision)> CreateAsync(HttpContext context, NewApplication wanted)
    {
        var secret = Secrets.New();
        var hash = Secrets.Hash(secret);
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var home = acting.ChooseHome(HomedKind.Application, wanted.ScopeType, wanted.ScopeId);
            if (write.Before.FindSubject(SubjectKind.Application, wanted.Name).IsKnown)
                throw new ApiException(Kinds.AlreadyExists, "An application with this name already exists.", "name");
            var row = new SubjectRow
            {
                TenantId = write.TenantId,
                Id = string.Empty,
                Kind = SubjectKind.Application,
                Key = wanted.Name,
                Name = wanted.Name,
                NameFolded = string.Empty,
                HomeScopeId = acting.ToColumn(home),
                CreatedByName = write.Actor.Name,
            };
            write.AddSubject(row);
            write.AddCredential(row.Id, CredentialKinds.Secret, hash);
            await write.TouchSubjectAsync(row, CancellationToken.None);
            return row.Id;
        });
        return (written.Value, secret, written.Version.Token);
    }

    public Task SetEnabledAsync(HttpContext context, string id, bool enabled)
        => writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandManaged(HomedKind.Application, id, "update");
            await write.SetEnabledAsync(await write.RowAsync(id, CancellationToken.None), enabled, CancellationToken.None);
            return id;
        });

    public Task DeleteAsync(HttpContext context, string id)
        => writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandManaged(HomedKind.Application, id, "delete");
            await write.EndSubjectAsync(id, CancellationToken.None);
            return id;
        });

    public async Task<(string Secret, string Revision)> ResetSecretAsync(HttpContext context, string id, int graceSeconds)
    {
        var secret = Secrets.New();
        var hash = Secrets.Hash(secret);
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            acting.DemandManaged(HomedKind.Application, id, "update");
            var row = await write.RowAsync(id, CancellationToken.None);
            SecretSchedule.Retire(await write.CredentialsAsync(id, CredentialKinds.Secret, CancellationToken.None), graceSeconds, write.Now);
            write.AddCredential(id, CredentialKinds.Secret, hash);
            if (graceSeconds == 0) await write.EndSessionsAsync(row, CancellationToken.None);
            await write.TouchSubjectAsync(row, CancellationToken.None);
            return id;
        });
        return (secret, written.Version.Token);
    }
}
