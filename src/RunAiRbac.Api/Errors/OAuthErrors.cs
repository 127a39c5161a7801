using System.Text.Encodings.Web;
using System.Text.Json;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Errors;

/// <summary><c>/api/v2/token</c> and <c>/oauth2/*</c> answer the error objects of RFC 6749, section 5.2, instead of problem documents.</summary>
internal static class OAuthErrors
{
    // Read by people: backticks as they are.
    private static readonly JsonSerializerOptions Readable = new(JsonBody.Answers) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool Covers(PathString path) => path.StartsWithSegments("/oauth2") || path.StartsWithSegments("/api/v2/token");

    public static async Task WriteAsync(HttpContext context, ApiException error)
    {
        context.Response.ContentType = "application/json";
        if (error.Kind == Kinds.InvalidClient) context.Response.Headers.WWWAuthenticate = "Basic realm=\"RunAiRbac\"";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var body = JsonSerializer.SerializeToUtf8Bytes(new OAuthError { Error = Name(error.Kind), ErrorDescription = error.Message }, Readable);
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Name(ErrorKind kind) => kind switch
    {
        { Code: "invalid_client" or "invalid_grant" or "unsupported_grant_type" } => kind.Code,
        { Status: 503 or 429 } => "temporarily_unavailable",
        { Status: >= 500 } => "server_error",
        { Status: 401 or 403 } => "invalid_token",
        _ => "invalid_request",
    };
}
