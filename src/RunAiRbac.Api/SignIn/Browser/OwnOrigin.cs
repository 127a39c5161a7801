using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>
/// The protection of what a browser sends along with its cookie by itself: such a request must say that it comes from one of this service's own pages.
/// </summary>
internal sealed class OwnOrigin(TokenIdentity identity, IOptions<TenancyOptions> tenancy, IHostEnvironment environment)
{
    private string? _issuer;

    /// <summary>403 <c>cross_site_request</c> unless the request only reads or comes from a page of this service.</summary>
    public void Demand(HttpContext context)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return;
        if (!IsOwn(context.Request)) throw new ApiException(Kinds.CrossSiteRequest, "The request does not come from a page of this service.");
    }

    /// <summary>Whether `Origin` is there and is this service's own, and the browser, if it says anything, calls that the same origin.</summary>
    private bool IsOwn(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site && (site.Count != 1 || site[0] != "same-origin")) return false;
        if (request.Headers.Origin is not { Count: 1 } origins || origins[0] is not { Length: > 0 } origin) return false;
        _issuer ??= new Uri(identity.Issuer).GetLeftPart(UriPartial.Authority);
        return origin == _issuer || (IsKnown(request.Host) && origin == $"{Scheme(request)}://{request.Host.Value}");
    }

    /// <summary>Hosts that are ours besides the issuer's: those of tenants, and in Development the names of this machine.</summary>
    private bool IsKnown(HostString host)
        => tenancy.Value.Hosts.ContainsKey(host.Host) || (environment.IsDevelopment() && host.Host is "localhost" or "127.0.0.1" or "[::1]");

    /// <summary>Behind a proxy that ends TLS only the issuer knows how browsers reach us.</summary>
    private string Scheme(HttpRequest request) => environment.IsDevelopment() ? request.Scheme : new Uri(identity.Issuer).Scheme;
}
