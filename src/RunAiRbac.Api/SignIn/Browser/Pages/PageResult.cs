using System.Text;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>A page.</summary>
internal sealed class PageResult(Markup page, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>Where its form may go besides to this service, as a content policy names it.</summary>
    public string FormTargets { get; init; } = string.Empty;

    /// <summary>Where the browser goes on by itself: elsewhere, where no form may be sent on to.</summary>
    public string? GoesTo { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        SecurityHeaders.Apply(httpContext);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        if (status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (FormTargets.Length > 0) response.Headers.ContentSecurityPolicy = SecurityHeaders.Policy(FormTargets);
        if (GoesTo is not null) response.Headers["Refresh"] = "0;url=" + GoesTo;
        return response.WriteAsync(page.ToString(), Encoding.UTF8, httpContext.RequestAborted);
    }
}

/// <summary>Sends the browser on by GET, whatever the request was.</summary>
internal sealed class SeeOther(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
