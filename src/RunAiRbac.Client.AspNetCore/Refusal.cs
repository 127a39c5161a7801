using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>A refused request's answer: a problem document (RFC 9457).</summary>
internal sealed record Refusal(int Status, string ErrorCode, string Title, string Detail)
{
    private string? DecisionId { get; init; }

    private string? Challenge { get; init; }

    private TimeSpan? RetryAfter { get; init; }

    /// <summary>RFC 6750, section 3.1: an error code only when there was a token.</summary>
    public static Refusal Unauthorized(bool isTokenWrong) => new(401, "unauthorized", "A valid access token is needed", "This needs a valid access token.")
    {
        Challenge = isTokenWrong ? "Bearer error=\"invalid_token\"" : "Bearer",
    };

    public static Refusal Forbidden(PermissionRequirement requirement, string? decisionId) => new(
        403, "permission_denied", "Not permitted", $"This needs the permission `{requirement.ResourceType}` {requirement.Action} in this {requirement.Scope.Type}.")
    {
        DecisionId = decisionId,
    };

    public static Refusal Unavailable(TimeSpan retryAfter) => new(
        503, "authorization_unavailable", "Please try again in a moment", "Whether this is permitted cannot be decided at this moment.")
    {
        RetryAfter = retryAfter,
    };

    public Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        if (Challenge is not null) headers.WWWAuthenticate = Challenge;
        if (RetryAfter is { } after) headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var members = new Dictionary<string, object?> { ["errorCode"] = ErrorCode };
        if (DecisionId is not null) members["decisionId"] = DecisionId;
        return TypedResults.Problem(Detail, statusCode: Status, title: Title, type: "urn:runairbac:error:" + ErrorCode, extensions: members).ExecuteAsync(context);
    }
}
