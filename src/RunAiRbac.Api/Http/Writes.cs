using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>Runs a request's policy write and puts its revision on the response (<c>X-Revision</c>), whatever the status.</summary>
internal sealed class Writes(PolicyStore store)
{
    public const string RevisionHeader = "X-Revision";

    public async Task<Written<T>> RunAsync<T>(HttpContext context, Func<PolicyWrite, Acting, Task<T>> body)
    {
        var admitted = context.Admitted();
        var token = string.Empty;
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[RevisionHeader] = token.Length > 0 ? token : store.Current(admitted.Caller.TenantId)?.Token ?? admitted.Version.Token;
            return Task.CompletedTask;
        });
        // Not the request's own token: a client that hangs up must not leave a commit's outcome unknown.
        var written = await store.WriteAsync(
            admitted.Caller.TenantId, admitted.Actor(context), write => body(write, Acting.Writing(write, admitted.Caller)), CancellationToken.None);
        token = written.Version.Token;
        return written;
    }
}
