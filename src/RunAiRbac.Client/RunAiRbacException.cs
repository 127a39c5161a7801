using System.Net;
using System.Text.Json;

namespace RunAiRbac.Client;

/// <summary>
/// A call that failed: an answer that is no success (a problem document, RFC 9457, or an error object, RFC 6749 section 5.2), or no usable answer at
/// all. It never holds what was sent, so no secret, password or token. (A caller's own cancellation stays an <see cref="OperationCanceledException"/>.)
/// </summary>
public sealed class RunAiRbacException : Exception
{
    internal RunAiRbacException(string errorCode, string message, Exception? inner = null)
        : base(message, inner) => ErrorCode = errorCode;

    /// <summary>The HTTP status; null when there was no usable answer (<see cref="ErrorCode"/> says why).</summary>
    public HttpStatusCode? Status { get; internal init; }

    /// <summary>
    /// The kind of error for programs: the service's stable <c>errorCode</c> (<c>not_found</c>, <c>would_escalate</c> …), the <c>error</c> of RFC 6749
    /// (<c>invalid_client</c> …), or one of <see cref="RunAiRbacErrorCodes"/>.
    /// </summary>
    public string ErrorCode { get; }

    /// <summary>The field, parameter or header that is wrong (<c>details</c> of the answer), if one is.</summary>
    public string? Field { get; internal init; }

    /// <summary>Finds the request in the service's log.</summary>
    public string? TraceId { get; internal init; }

    /// <summary>How long the service asks to wait (<c>Retry-After</c>, RFC 9110 section 10.2.3).</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The consistency token (<c>X-Revision</c>) that a refused write may carry too.</summary>
    public string? Revision { get; internal init; }

    /// <summary>Further members of the problem document, such as the existing rule's id of a 409.</summary>
    public IReadOnlyDictionary<string, JsonElement> Extensions { get; internal init; } = new Dictionary<string, JsonElement>();

    /// <summary>Whether the same call may succeed a little later: no connection, 429, 502, 503, 504.</summary>
    public bool IsTransient => Status switch
    {
        null => ErrorCode == RunAiRbacErrorCodes.Unreachable,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => true,
        _ => false,
    };
}

/// <summary>The error codes that the client itself gives, besides those of the service.</summary>
public static class RunAiRbacErrorCodes
{
    /// <summary>The service could not be reached, or the connection broke. Whether a write was done is not known.</summary>
    public const string Unreachable = "unreachable";

    /// <summary><see cref="RunAiRbacClientOptions.Timeout"/> passed. Whether a write was done is not known.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>An answer that is not what the service sends: other JSON, another content type, a redirect.</summary>
    public const string MalformedAnswer = "malformed_answer";

    /// <summary>A status that is no success, without a problem document: somebody else's answer, such as a proxy's.</summary>
    public const string UnexpectedStatus = "unexpected_status";

    /// <summary>The caller's token provider failed, or gave no token.</summary>
    public const string NoToken = "no_token";
}
