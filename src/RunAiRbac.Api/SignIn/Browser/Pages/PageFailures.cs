using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>Marks routes whose answers are for people, and whose sign-ins count against the budget of sign-in whatever their method.</summary>
internal sealed class PageMark
{
    public static PageMark Instance { get; } = new();
}

/// <summary>Gives every answer of a page's route its headers, and turns expected failures into pages.</summary>
internal sealed partial class PageFailures(ILogger<PageFailures> logger, Metrics metrics) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        SecurityHeaders.Apply(context.HttpContext);
        try
        {
            return await next(context);
        }
        catch (SsoRefusal refusal)
        {
            var trace = TraceIds.Of(context.HttpContext);
            Log.Refused(logger, context.HttpContext.Request.Path.Value, refusal.Code, refusal.Message, trace);
            return Show(context.HttpContext, Status(refusal.Code), "Sign-in failed", Sentence(refusal.Code));
        }
        catch (ApiException error)
        {
            if (error.RetryAfter is { } after) context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            if (error.Kind.Status is 401 or 403 or 429 or 503) metrics.Refused(error.Kind.Code);
            return Show(context.HttpContext, error.Kind.Status, error.Kind.Title, error.Message);
        }
    }

    /// <summary>The status that the page of a refusal has.</summary>
    public static int Status(string code) => code switch
    {
        SsoRefusalCodes.SignInFailed => StatusCodes.Status400BadRequest,
        SsoRefusalCodes.EmailMissing => StatusCodes.Status401Unauthorized,
        SsoRefusalCodes.ProviderUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status403Forbidden,
    };

    private static string Sentence(string code) => code switch
    {
        SsoRefusalCodes.EmailMissing => "Your identity provider did not send an e-mail address. An administrator must let it send one.",
        SsoRefusalCodes.EmailUnverified => "Your identity provider says that your e-mail address is not verified. Verify it there, then sign in again.",
        SsoRefusalCodes.AccountExists => "There is an account with your e-mail address already, which signs in another way. An administrator must link this identity to it.",
        SsoRefusalCodes.AccountDisabled => "Your account is disabled. Ask an administrator.",
        SsoRefusalCodes.NotPermitted => "Your identity provider does not let you use this service. Ask its administrator.",
        SsoRefusalCodes.ProviderUnavailable => "The identity provider cannot be reached at this moment. Try again in a while, or sign in with a local account.",
        _ => "The sign-in could not be completed. It may have taken too long, or begun in another browser: start again.",
    };

    private static PageResult Show(HttpContext context, int status, string title, string sentence)
        => new(Layout.Error(title, sentence, TraceIds.Of(context)), status);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1220, Level = LogLevel.Warning, Message = "A sign-in by {Path} was refused, {Code}: {Detail} (trace {RequestTraceId})")]
        public static partial void Refused(ILogger logger, string? path, string code, string detail, string requestTraceId);
    }
}
