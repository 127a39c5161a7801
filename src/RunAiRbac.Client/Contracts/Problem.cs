namespace RunAiRbac.Client.Contracts;

/// <summary>An error: a problem document (RFC 9457) that also carries the compatible API's fields.</summary>
public sealed record Problem
{
    /// <summary>A URN that names the kind of error.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of error for people.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What went wrong this time.</summary>
    public required string Detail { get; init; }

    /// <summary>The path of the request, without the query.</summary>
    public required string Instance { get; init; }

    /// <summary>The HTTP status again, as existing clients read it.</summary>
    public required int Code { get; init; }

    /// <summary>The detail again, as existing clients read it.</summary>
    public required string Message { get; init; }

    /// <summary>The field, parameter or header that is wrong.</summary>
    public string? Details { get; init; }

    /// <summary>The kind of error for programs: stable, snake_case.</summary>
    public required string ErrorCode { get; init; }

    /// <summary>Finds the request in the log.</summary>
    public required string TraceId { get; init; }
}
