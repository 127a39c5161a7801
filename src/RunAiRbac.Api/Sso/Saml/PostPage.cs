using System.Net;
using System.Security.Cryptography;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>A page whose form takes a request to the provider (saml-bindings §3.5): by itself where scripts run, else by its button.</summary>
internal sealed class PostPage(string destination, string request, string relayState) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var headers = httpContext.Response.Headers;
        // The provider may send the form on to another host of its own, which form-action judges too.
        var scheme = destination.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? "https:" : new Uri(destination).GetLeftPart(UriPartial.Authority);
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'nonce-{nonce}'; form-action {scheme}; base-uri 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        return httpContext.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Sign in</title></head>
            <body>
            <form method="post" action="{WebUtility.HtmlEncode(destination)}">
            <input type="hidden" name="SAMLRequest" value="{WebUtility.HtmlEncode(request)}">
            <input type="hidden" name="RelayState" value="{WebUtility.HtmlEncode(relayState)}">
            <p>You are being taken to your organization's sign-in page.</p>
            <button type="submit">Continue</button>
            </form>
            <script nonce="{nonce}">document.forms[0].submit();</script>
            </body>
            </html>
            """, httpContext.RequestAborted);
    }
}
