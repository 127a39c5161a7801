using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Errors;

/// <summary>Writes every error as a problem document (RFC 9457) that carries the compatible API's fields too (design.md §7).</summary>
internal sealed partial class ProblemWriter(ILogger<ProblemWriter> logger) : IExceptionHandler
{
    // Read by people: backticks and letters as they are. The content type keeps browsers from taking it for a page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = 499;
            return true;
        }

        var error = Translate(exception);
        if (error.Kind == Kinds.Internal) Log.Unexpected(logger, exception);
        await WriteAsync(httpContext, error);
        return true;
    }

    /// <summary>For responses that nobody gave a body (401 of the token check, 404 of an unknown path, 405, 429 …).</summary>
    public static Task WriteStatusAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var kind = status switch
        {
            401 => Kinds.Unauthorized,
            403 => Kinds.Forbidden,
            404 => Kinds.NotFound,
            405 => Kinds.MethodNotAllowed,
            413 => Kinds.BodyTooLarge,
            415 => Kinds.UnsupportedMediaType,
            429 => Kinds.TooManyRequests,
            503 => Kinds.Unavailable,
            < 500 => Kinds.InvalidRequest with { Status = status },
            _ => Kinds.Internal with { Status = status },
        };
        return WriteAsync(context, new ApiException(kind, kind.Title + "."));
    }

    public static async Task WriteAsync(HttpContext context, ApiException error)
    {
        var response = context.Response;
        response.StatusCode = error.Kind.Status;
        if (error.Kind.Status is 401 or 403 or 429 or 503) context.RequestServices.GetRequiredService<Metrics>().Refused(error.Kind.Code);
        if (error.Kind.Status == 403) await context.RequestServices.GetRequiredService<RefusalLog>().RefusedAsync(context, error.Kind);
        response.ContentType = "application/problem+json";
        if (error.Kind.Status == 401 && response.Headers.WWWAuthenticate.Count == 0) response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } after) response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        ShowRevision(context);
        if (OAuthErrors.Covers(context.Request.Path))
        {
            await OAuthErrors.WriteAsync(context, error);
            return;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable)) Write(json, context, error);
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
    }

    /// <summary>A policy write that was refused before it began says the revision too: every answer of it does (design.md §5).</summary>
    private static void ShowRevision(HttpContext context)
    {
        // The exception handler has cleared the request's own.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        if (endpoint?.Metadata.OfType<HeaderDoc>().Any(header => header.Name == Writes.RevisionHeader) != true || context.FindAdmitted() is not { } admitted) return;
        var version = context.RequestServices.GetRequiredService<PolicyStore>().Current(admitted.Caller.TenantId) ?? admitted.Version;
        context.Response.Headers[Writes.RevisionHeader] = version.Token;
    }

    private static void Write(Utf8JsonWriter json, HttpContext context, ApiException error)
    {
        json.WriteStartObject();
        json.WriteString("type", "urn:runairbac:error:" + error.Kind.Code);
        json.WriteString("title", error.Kind.Title);
        json.WriteNumber("status", error.Kind.Status);
        json.WriteString("detail", error.Message);
        json.WriteString("instance", context.Request.Path.ToUriComponent());
        json.WriteNumber("code", error.Kind.Status);
        json.WriteString("message", error.Message);
        if (error.Field is not null) json.WriteString("details", error.Field);
        json.WriteString("errorCode", error.Kind.Code);
        json.WriteString("traceId", TraceIds.Of(context));
        foreach (var (name, value) in error.Extensions)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, JsonSerializerOptions.Web);
        }

        json.WriteEndObject();
    }

    private static ApiException Translate(Exception exception) => exception switch
    {
        ApiException expected => expected,
        LastAdministratorException last => new ApiException(Kinds.LastAdministrator, last.Message),
        _ when DatabaseFailures.IsUnavailable(exception) => new ApiException(Kinds.Unavailable, "The service cannot confirm its state at this moment; please try again.") { RetryAfter = TimeSpan.FromSeconds(1) },
        BadHttpRequestException { StatusCode: 413 } => new ApiException(Kinds.BodyTooLarge, "The body is larger than allowed."),
        BadHttpRequestException bad => new ApiException(Kinds.InvalidRequest with { Status = bad.StatusCode }, "The request could not be read."),
        _ => new ApiException(Kinds.Internal, "Something went wrong on our side; the trace id finds it in the log."),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1000, Level = LogLevel.Error, Message = "Unexpected failure")]
        public static partial void Unexpected(ILogger logger, Exception exception);
    }
}
