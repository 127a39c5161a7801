namespace RunAiRbac.Api.Errors;

/// <summary>One kind of expected failure. The code is stable: clients may switch on it.</summary>
internal sealed record ErrorKind(string Code, int Status, string Title);

/// <summary>The closed catalogue of expected failures.</summary>
internal static class Kinds
{
    public static readonly ErrorKind InvalidRequest = new("invalid_request", 400, "The request is not valid");
    public static readonly ErrorKind InvalidCredentials = new("invalid_credentials", 401, "The credentials are not valid");
    public static readonly ErrorKind InvalidClient = new("invalid_client", 401, "The client's credentials are not valid");
    public static readonly ErrorKind InvalidGrant = new("invalid_grant", 400, "The grant is not valid");
    public static readonly ErrorKind Unauthorized = new("unauthorized", 401, "A valid access token is needed");
    public static readonly ErrorKind UnsupportedGrantType = new("unsupported_grant_type", 400, "The grant type is not supported");
    public static readonly ErrorKind UnknownRevision = new("unknown_revision", 400, "The consistency token is of an older epoch");
    public static readonly ErrorKind Forbidden = new("forbidden", 403, "Not permitted");
    public static readonly ErrorKind WouldEscalate = new("would_escalate", 403, "The change would hand out more than the caller holds");
    public static readonly ErrorKind PasswordChangeRequired = new("password_change_required", 403, "The password must be changed first");
    public static readonly ErrorKind CrossSiteRequest = new("cross_site_request", 403, "The request comes from another site");
    public static readonly ErrorKind RoleIsPredefined = new("role_is_predefined", 403, "Predefined roles cannot be changed");
    public static readonly ErrorKind NotFound = new("not_found", 404, "Not found");
    public static readonly ErrorKind MethodNotAllowed = new("method_not_allowed", 405, "The method is not allowed here");
    public static readonly ErrorKind AlreadyExists = new("already_exists", 409, "It already exists");
    public static readonly ErrorKind LastAdministrator = new("last_administrator", 409, "The last administrator must stay");
    public static readonly ErrorKind Conflict = new("conflict", 409, "The change conflicts with the present state");
    public static readonly ErrorKind BodyTooLarge = new("body_too_large", 413, "The body is too large");
    public static readonly ErrorKind UnsupportedMediaType = new("unsupported_media_type", 415, "The content type is not supported");
    public static readonly ErrorKind TooManyRequests = new("too_many_requests", 429, "Too many requests");
    public static readonly ErrorKind Internal = new("internal_error", 500, "Something went wrong");
    public static readonly ErrorKind NotImplemented = new("not_implemented", 501, "Not implemented");
    public static readonly ErrorKind Unavailable = new("unavailable", 503, "Please try again in a moment");
}

/// <summary>An expected failure on its way to the caller; mapped to a problem document in one place (<see cref="ProblemWriter"/>).</summary>
internal sealed class ApiException(ErrorKind kind, string detail, string? field = null) : Exception(detail)
{
    public ErrorKind Kind { get; } = kind;

    /// <summary>The field, parameter or header that is wrong; also named in the detail.</summary>
    public string? Field { get; } = field;

    /// <summary>Further members of the problem document.</summary>
    public Dictionary<string, object?> Extensions { get; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public static ApiException Invalid(string field, string what) => new(Kinds.InvalidRequest, $"`{field}` {what}.", field);

    public static ApiException Forbidden(string resourceType, string action, string where)
        => new(Kinds.Forbidden, $"This needs the permission `{resourceType}` {action} {where}.");

    public static ApiException NotFound(string what) => new(Kinds.NotFound, $"There is no such {what}.");

    public ApiException With(string name, object? value)
    {
        Extensions[name] = value;
        return this;
    }
}
