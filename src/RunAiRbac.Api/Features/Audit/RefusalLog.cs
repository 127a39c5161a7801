using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Sso;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Audit;

/// <summary>
/// Writes refused administrative calls and failed sign-ins to the audit log: so many a minute and tenant one by one, the rest as one event a minute that says
/// how many of which kind. Counted in memory, on each replica for itself. What fails here is logged and changes no answer.
/// </summary>
internal sealed partial class RefusalLog(PolicyStore store, TimeProvider clock, IOptions<AuditOptions> options, ILogger<RefusalLog> logger)
{
    private const string Unknown = "unknown";

    // A database that does not answer must not hold back the refusal itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<int, RefusalCounter> _counters = new();

    /// <summary>A call that was answered 403. Decision requests are not audited, nor are calls of nobody.</summary>
    public Task RefusedAsync(HttpContext context, ErrorKind kind)
    {
        if (context.FindAdmitted() is not { } admitted || RequestObserver.IsCheck(context.Request.Path)) return Task.CompletedTask;
        // The exception handler has cleared the request's own.
        var failed = context.Features.Get<IExceptionHandlerFeature>();
        var permission = (failed?.Endpoint ?? context.GetEndpoint())?.Metadata.GetMetadata<EndpointPermission>();
        var ids = (failed?.RouteValues ?? context.Request.RouteValues).Values.OfType<string>();
        var metadata = new Dictionary<string, string> { ["errorCode"] = kind.Code };
        if (permission?.ResourceType is not null) metadata["permission"] = $"{permission.ResourceType} {permission.Action}";
        return WriteAsync(kind.Code, new AuditFailure(
            admitted.Caller.TenantId, clock.NowMicros(), admitted.Actor(context),
            AuditSubjectTypes.Of(admitted.Snapshot.Subject(admitted.Subject).Kind), Action(permission?.Action, context.Request.Method), kind.Status, metadata)
        {
            EntityType = permission?.ResourceType,
            EntityId = ids.LastOrDefault() is { Length: <= Lengths.Id } id && !id.AsSpan().ContainsAnyExceptInRange('!', '~') ? id : null,
        });
    }

    /// <summary>A sign-in that failed. Names that no subject has are not kept: people type their passwords there.</summary>
    public Task SignInFailedAsync(Requester from, string grant, string? name, ApiException error)
    {
        if (from.TenantId is not { } tenantId || store.Current(tenantId)?.Snapshot is not { } snapshot) return Task.CompletedTask;
        var kind = grant is "password" or "authorization_code" ? SubjectKind.User : SubjectKind.Application;
        var found = Find(snapshot, kind, name) is { IsKnown: true } subject ? snapshot.Subject(subject) : null;
        var metadata = new Dictionary<string, string> { ["errorCode"] = error.Kind.Code, ["grant"] = grant };
        return WriteAsync(error.Kind.Code, new AuditFailure(
            tenantId, clock.NowMicros(), new Actor(found?.Id, found?.Name ?? Unknown, from.Origin), AuditSubjectTypes.Of(kind), AuditActions.SignIn, error.Kind.Status, metadata)
        {
            EntityType = kind == SubjectKind.User ? AuditEntities.User : AuditEntities.Application,
            EntityId = found?.Id,
            EntityName = found?.Name,
            HomeOf = found?.Id,
        });
    }

    /// <summary>A provider's account that was not let in, by a name that an administrator can link.</summary>
    public Task SsoRefusedAsync(ProviderSignIn said, SsoRefusal refusal, RequestOrigin origin)
    {
        var tenantId = said.Provider.TenantId;
        if (store.Current(tenantId)?.Snapshot is not { } snapshot) return Task.CompletedTask;
        var found = refusal.UserId is { } id && snapshot.FindSubject(id) is { IsKnown: true } subject ? snapshot.Subject(subject) : null;
        var metadata = new Dictionary<string, string> { ["errorCode"] = refusal.Code, ["grant"] = said.Provider.Type, ["provider"] = said.Provider.Alias, ["subject_claim"] = Shown(said.SubjectClaim) };
        return WriteAsync(refusal.Code, new AuditFailure(
            tenantId, clock.NowMicros(), new Actor(null, Unknown, origin), AuditSubjectTypes.User, AuditActions.SignIn, null, metadata)
        {
            EntityType = AuditEntities.User,
            EntityId = found?.Id,
            EntityName = found?.Name,
            HomeOf = found?.Id,
        });

        static string Shown(string claim) => PlainText.IsName(claim, Lengths.Name) ? claim : "not printable";
    }

    /// <summary>A sign-in by an identity provider that failed. Who it was is not known: nothing of what was said has been believed.</summary>
    public Task ProviderSignInFailedAsync(RequestOrigin origin, SsoProvider provider, string grant, string code, int status)
        => store.Current(provider.TenantId) is null ? Task.CompletedTask : WriteAsync(code, new AuditFailure(
            provider.TenantId, clock.NowMicros(), new Actor(null, Unknown, origin), AuditSubjectTypes.Of(SubjectKind.User), AuditActions.SignIn, status,
            new Dictionary<string, string> { ["errorCode"] = code, ["grant"] = grant, ["provider"] = provider.Alias })
        {
            EntityType = AuditEntities.User,
        });

    /// <summary>Writes the summaries of minutes that are over; with <paramref name="all"/>, of the present one too.</summary>
    public async Task FlushAsync(bool all)
    {
        foreach (var (tenantId, counter) in _counters)
            if (counter.TakeSummary(Minute(all ? long.MaxValue : clock.NowMicros())) is { } summary) await InsertAsync(Summary(tenantId, summary));
    }

    private async Task WriteAsync(string errorCode, AuditFailure failure)
    {
        var counter = _counters.GetOrAdd(failure.TenantId, _ => new RefusalCounter(options.Value.RefusalsPerMinute));
        var minute = Minute(failure.At);
        if (counter.TakeSummary(minute) is { } summary) await InsertAsync(Summary(failure.TenantId, summary));
        if (counter.MayWrite(minute, (failure.Action, errorCode))) await InsertAsync(failure);
    }

    private async Task InsertAsync(AuditFailure failure)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await AuditWriter.WriteAsync(store, failure, patience.Token);
        }
        catch (Exception e)
        {
            Log.NotWritten(logger, failure.TenantId, failure.Action, e);
        }
    }

    /// <summary>At the end of its minute. Its action is the most frequent one.</summary>
    private static AuditFailure Summary(int tenantId, RefusalSummary summary)
    {
        var kinds = summary.Counts.OrderByDescending(x => x.Value).ThenBy(x => x.Key.Action, StringComparer.Ordinal).ThenBy(x => x.Key.ErrorCode, StringComparer.Ordinal).ToList();
        var metadata = kinds.Take(8).ToDictionary(x => $"{x.Key.Action} {x.Key.ErrorCode}", x => x.Value.ToString(CultureInfo.InvariantCulture));
        if (kinds.Count > 8) metadata["other"] = kinds.Skip(8).Sum(x => x.Value).ToString(CultureInfo.InvariantCulture);
        metadata["total"] = kinds.Sum(x => x.Value).ToString(CultureInfo.InvariantCulture);
        return new AuditFailure(tenantId, ((summary.Minute + 1) * MicrosPerMinute) - 1, Actor.System, AuditSubjectTypes.App, kinds[0].Key.Action, null, metadata)
        {
            EntityType = "refusals",
            EntityName = "refusals that were not written one by one",
        };
    }

    private const long MicrosPerMinute = 60_000_000;

    private static long Minute(long micros) => micros / MicrosPerMinute;

    private static SubjectRef Find(PolicySnapshot snapshot, SubjectKind kind, string? name)
    {
        if (string.IsNullOrEmpty(name)) return default;
        if (kind == SubjectKind.Application) return snapshot.FindSubject(kind, name);
        return EmailAddress.TryCanonicalize(name, out var email) ? snapshot.FindSubjectByKey(kind, email) : default;
    }

    /// <summary>The log knows no reading: a refused one is told by its method.</summary>
    private static string Action(string? permitted, string method) => permitted switch
    {
        AuditActions.Create or AuditActions.Update or AuditActions.Delete => permitted,
        _ when HttpMethods.IsPost(method) => AuditActions.Create,
        _ when HttpMethods.IsDelete(method) => AuditActions.Delete,
        _ => AuditActions.Update,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1300, Level = LogLevel.Error, Message = "A refusal in tenant {TenantId} ({Action}) could not be written to the audit log")]
        public static partial void NotWritten(ILogger logger, int tenantId, string action, Exception exception);
    }
}
