using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>How a guarded endpoint knows whose permission to ask about.</summary>
public abstract class SubjectFrom
{
    private protected SubjectFrom()
    {
    }

    /// <summary>
    /// The caller's own access token (<c>Authorization: Bearer</c>, RFC 6750) is passed on to RunAiRbac, which issued it and judges it: the question is
    /// about whoever it belongs to. The guarded service needs neither authentication nor credentials of its own.
    /// </summary>
    public static SubjectFrom ForwardedToken { get; } = new ForwardedTokenSubject();

    /// <summary>
    /// A claim of the caller as this service's own authentication has validated it. The question is asked with this service's credentials, which need
    /// <c>authorization</c> read where they ask (for example the role <em>Authorization delegate</em>). Use it only with an issuer that may speak for
    /// the subjects of RunAiRbac's tenant.
    /// </summary>
    /// <param name="claimType">The claim with the subject's id: a user's e-mail or id, an application's client id or id.</param>
    /// <param name="subjectType"><c>user</c> or <c>application</c>.</param>
    public static SubjectFrom Claim(string claimType, string subjectType = "user")
    {
        ArgumentException.ThrowIfNullOrEmpty(claimType);
        if (subjectType is not ("user" or "application")) throw new ArgumentException("A subject is a user or an application.", nameof(subjectType));
        return new ClaimSubject(claimType, subjectType);
    }

    /// <summary>Whether RunAiRbac's 401 means the caller's token, not this service's own.</summary>
    internal abstract bool IsCallersToken { get; }

    /// <summary>Who asks and about whom; null: the caller is not known.</summary>
    internal abstract Asking? Of(HttpContext context, RunAiRbacClient client);
}

/// <summary>A client and the subject to ask about; null: the client's own.</summary>
internal readonly record struct Asking(RunAiRbacClient Client, CheckSubject? Subject);

internal sealed class ForwardedTokenSubject : SubjectFrom
{
    internal override bool IsCallersToken => true;

    internal override Asking? Of(HttpContext context, RunAiRbacClient client)
    {
        var values = context.Request.Headers.Authorization;
        if (values.Count != 1 || !AuthenticationHeaderValue.TryParse(values[0], out var header)) return null;
        if (!header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || !RunAiRbacCredentials.IsToken(header.Parameter)) return null;
        return new Asking(client.As(RunAiRbacCredentials.Bearer(header.Parameter!)), null);
    }
}

internal sealed class ClaimSubject(string claimType, string subjectType) : SubjectFrom
{
    internal override bool IsCallersToken => false;

    internal override Asking? Of(HttpContext context, RunAiRbacClient client)
    {
        // Claims of an identity that nobody authenticated are only claims.
        var values = context.User.Identities.Where(identity => identity.IsAuthenticated)
            .SelectMany(identity => identity.FindAll(claimType)).Select(claim => claim.Value).Distinct(StringComparer.Ordinal).ToList();
        return values is [{ Length: > 0 } id] ? new Asking(client, new CheckSubject { Type = subjectType, Id = id }) : null;
    }
}
