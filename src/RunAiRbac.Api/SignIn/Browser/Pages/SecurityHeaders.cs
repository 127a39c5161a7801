namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>What every page says to the browser: nothing from elsewhere, no script, in nobody's frame, in nobody's cache.</summary>
internal static class SecurityHeaders
{
    /// <summary>The policy of a page without scripts. A form may go, and be sent on, to this service and to <paramref name="formTargets"/>.</summary>
    public static string Policy(string formTargets = "")
        => $"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'{(formTargets.Length == 0 ? "" : " " + formTargets)}; frame-ancestors 'none'; base-uri 'none'";

    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy();
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not no-referrer: that would make browsers send `Origin: null` with our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-store";
        if (!context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment()) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
