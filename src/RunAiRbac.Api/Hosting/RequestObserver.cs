using System.Diagnostics;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;

namespace RunAiRbac.Api.Hosting;

/// <summary>
/// The outermost middleware: echoes <c>X-Request-ID</c>, gives a body to errors that have none, and writes one log line per request, except for good
/// answers of <c>/authorize…</c> and <c>/health/*</c>, which metrics count.
/// </summary>
internal sealed partial class RequestObserver(RequestDelegate next, ILogger<RequestObserver> logger, Metrics metrics)
{
    private const string RequestId = "X-Request-ID";
    private const string Authorize = "/api/v1/authorize";

    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        if (context.Request.Headers.ContainsKey(RequestId)) EchoRequestId(context);
        try
        {
            await next(context);
            if (context.Response.StatusCode >= 400 && HasNoBody(context.Response)) await ProblemWriter.WriteStatusAsync(context);
        }
        finally
        {
            Observe(context, Stopwatch.GetElapsedTime(started));
        }
    }

    private void Observe(HttpContext context, TimeSpan duration)
    {
        var isCheck = IsCheck(context.Request.Path);
        if (isCheck) metrics.CheckTook(duration);
        var status = context.Response.StatusCode;
        if ((isCheck || context.Request.Path.StartsWithSegments("/health")) && status is >= 200 and < 300) return;
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var caller = context.FindAdmitted()?.Caller;
        var milliseconds = Math.Round(duration.TotalMilliseconds, 3);
        var traceId = TraceIds.Of(context);
        Log.Request(logger, context.Request.Method, context.Request.Path.Value, status, milliseconds, caller?.SubjectId, caller?.TenantId, traceId);
    }

    /// <summary>Whether it is one of the <c>/authorize…</c> endpoints.</summary>
    public static bool IsCheck(PathString path)
        => path.Value is { } value && value.StartsWith(Authorize, StringComparison.OrdinalIgnoreCase) && (value.Length == Authorize.Length || value[Authorize.Length] == '/');

    private static bool HasNoBody(HttpResponse response)
        => !response.HasStarted && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType) && response.StatusCode < 600;

    private static void EchoRequestId(HttpContext context)
    {
        var values = context.Request.Headers[RequestId];
        if (values.Count != 1 || values[0] is not { Length: > 0 and <= 128 } id || id.AsSpan().ContainsAnyExceptInRange('!', '~')) return;
        // Set when the headers go out: the exception handler clears what stands there before.
        context.Response.OnStarting(static state =>
        {
            var (response, id) = ((HttpResponse, string))state;
            response.Headers[RequestId] = id;
            return Task.CompletedTask;
        }, (context.Response, id));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1100, Level = LogLevel.Information, Message = "{Method} {Path} {Status} in {DurationMs} ms, subject {SubjectId}, tenant {TenantId}, trace {RequestTraceId}")]
        public static partial void Request(ILogger logger, string method, string? path, int status, double durationMs, string? subjectId, int? tenantId, string requestTraceId);
    }
}
