using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>Runs a request's policy write and puts its revision on the response (<c>X-Revision</c>), whatever the status.</summary>
internal sealed class Writes(PolicyStore store)
{
    public const string RevisionHeader = "X-Revision";

    // Not the request's own token: a client that hangs up must not leave a commit's outcome unknown.
    public Task<Written<T>> RunAsync<T>(HttpContext context, Func<PolicyWrite, Acting, Task<T>> body)
        => RunAsync(context, (tenantId, actor, write) => store.WriteAsync(tenantId, actor, write, CancellationToken.None), body);

    /// <summary>The same judgement of the same write, of which nothing remains (<see cref="PolicyStore.RehearseAsync"/>).</summary>
    public Task<Written<T>> RehearseAsync<T>(HttpContext context, Func<PolicyWrite, Acting, Task<T>> body)
        => RunAsync(context, (tenantId, actor, write) => store.RehearseAsync(tenantId, actor, write, context.RequestAborted), body);

    private async Task<Written<T>> RunAsync<T>(
        HttpContext context, Func<int, Actor, Func<PolicyWrite, Task<T>>, Task<Written<T>>> run, Func<PolicyWrite, Acting, Task<T>> body)
    {
        var admitted = context.Admitted();
        var token = string.Empty;
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[RevisionHeader] = token.Length > 0 ? token : store.Current(admitted.Caller.TenantId)?.Token ?? admitted.Version.Token;
            return Task.CompletedTask;
        });
        var written = await run(admitted.Caller.TenantId, admitted.Actor(context), write => body(write, Acting.Writing(write, admitted.Caller)));
        token = written.Version.Token;
        return written;
    }
}
