using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>The audit log.</summary>
public sealed class AuditClient
{
    private static readonly Operation List = Operation.Get("/api/v1/audit/log");
    private static readonly Operation File = Operation.Get("/api/v1/audit/log/file");
    private static readonly Operation Verify = Operation.Get("/api/v1/audit/verify");
    private readonly Transport _transport;

    internal AuditClient(Transport transport) => _transport = transport;

    /// <summary>A page of the events that the caller may read.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AuditLogPage> ListAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _transport.ReadAsync<AuditLogPage>(query.AddTo(new Call(List)), cancellationToken);
    }

    /// <summary>All events that the caller may read, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<AuditLog> ListAllAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Pages.ByOffsetAsync(query.Offset ?? 0, async (offset, token) =>
        {
            var page = await ListAsync(query with { Offset = offset }, token).ConfigureAwait(false);
            return (page.AuditLogs, page.Next);
        }, cancellationToken);
    }

    /// <summary>A page of events as a file.</summary>
    /// <param name="query">Which.</param>
    /// <param name="fileType"><c>CSV</c> or <c>JSON</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<byte[]> DownloadAsync(AuditQuery query, string fileType = "CSV", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _transport.DownloadAsync(query.AddTo(new Call(File)).Query("file_type", fileType), cancellationToken);
    }

    /// <summary>Proves that no sealed event was changed or removed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AuditChainState> VerifyAsync(CancellationToken cancellationToken = default) => _transport.ReadAsync<AuditChainState>(new Call(Verify), cancellationToken);
}

/// <summary>Which events of the audit log.</summary>
/// <param name="Start">The first moment.</param>
/// <param name="End">The last moment.</param>
public sealed record AuditQuery(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>How many at most, 0 to 1,000; null: 20.</summary>
    public int? NumberOfSamples { get; init; }

    /// <summary>How many are left out at the beginning.</summary>
    public int? Offset { get; init; }

    /// <summary>The field to sort by; null: the timestamp.</summary>
    public string? SortBy { get; init; }

    /// <summary><c>asc</c> (default) or <c>desc</c>.</summary>
    public string? SortOrder { get; init; }

    /// <summary>Terms of a field, an operator and a value, as in other lists; all must hold.</summary>
    public IReadOnlyList<string>? FilterBy { get; init; }

    internal Call AddTo(Call call) => call.Query("start", Start).Query("end", End).Query("numberOfSamples", NumberOfSamples).Query("offset", Offset)
        .Query("sortBy", SortBy).Query("sortOrder", SortOrder).Query("filterBy", FilterBy);
}
