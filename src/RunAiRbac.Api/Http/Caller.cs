using System.Security.Claims;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>Who a validated access token stands for. Immutable and shared by all requests with that token.</summary>
/// <param name="TenantId">The token's tenant: it alone counts.</param>
/// <param name="SubjectId">The subject's id (<c>sub</c>).</param>
/// <param name="SessionId">The session (<c>sid</c>).</param>
/// <param name="SessionEpoch">The subject's session epoch when the token was issued.</param>
/// <param name="ClientId">The <c>client_id</c> claim, if any.</param>
/// <param name="MustChangePassword">The token is good only for changing the password and signing out.</param>
/// <param name="ViaAccessKey">The session was begun with an access key.</param>
internal sealed record Caller(
    int TenantId, string SubjectId, string SessionId, int SessionEpoch, string? ClientId, bool MustChangePassword, bool ViaAccessKey);

/// <summary>The caller of this request with the policy version it was admitted at.</summary>
internal sealed record Admitted(Caller Caller, PolicyVersion Version)
{
    public PolicySnapshot Snapshot => Version.Snapshot;

    /// <summary>The caller in <see cref="Snapshot"/>; known, because admission tested it.</summary>
    public SubjectRef Subject { get; } = Version.Snapshot.FindSubject(Caller.SubjectId);

    /// <summary>Who writes, for the change log and the audit log.</summary>
    public Actor Actor(HttpContext context) => new(Caller.SubjectId, Snapshot.Subject(Subject).Name, context.Origin());
}

/// <summary>The request's principal. It carries the admission, so that a cached token's request allocates neither.</summary>
internal sealed class AdmittedPrincipal(Admitted admitted, ClaimsIdentity identity) : ClaimsPrincipal(identity)
{
    public Admitted Admitted { get; } = admitted;
}

internal static class CallerExtensions
{
    /// <summary>The admitted caller; null on public endpoints and without a token.</summary>
    public static Admitted? FindAdmitted(this HttpContext context) => (context.User as AdmittedPrincipal)?.Admitted;

    /// <summary>The admitted caller of an endpoint that needs one.</summary>
    public static Admitted Admitted(this HttpContext context)
        => context.FindAdmitted() ?? throw new Errors.ApiException(Errors.Kinds.Unauthorized, "This needs a valid access token.");
}
