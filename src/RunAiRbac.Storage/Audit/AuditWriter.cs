using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Something that was refused, or failed.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="At">When, in UTC microseconds.</param>
/// <param name="Actor">Who tried, and how.</param>
/// <param name="SubjectType">One of <see cref="AuditSubjectTypes"/>.</param>
/// <param name="Action">One of <see cref="AuditActions"/>: what was wanted.</param>
/// <param name="Status">The status of the answer; null: of several.</param>
/// <param name="Metadata">What else is to be said.</param>
public sealed record AuditFailure(
    int TenantId, long At, Actor Actor, string SubjectType, string Action, int? Status, IReadOnlyDictionary<string, string> Metadata)
{
    public string? EntityType { get; init; }
    public string? EntityId { get; init; }
    public string? EntityName { get; init; }

    /// <summary>The subject whose home scope it belongs to; null: the tenant.</summary>
    public string? HomeOf { get; init; }
}

/// <summary>Events that belong to no policy write.</summary>
public static class AuditWriter
{
    /// <summary>Adds the event of a sign-in to the context whose transaction makes the session.</summary>
    public static void AddSignIn(
        RunAiRbacDbContext db, int tenantId, PolicySnapshot snapshot, string subjectId, RequestOrigin origin, long at, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var subject = snapshot.Subject(snapshot.FindSubject(subjectId));
        var row = AuditRows.New(tenantId, at, new Actor(subjectId, subject.Name, origin), AuditSubjectTypes.Of(subject.Kind), AuditActions.SignIn);
        (row.EntityType, row.EntityId, row.EntityName) = (AuditEntities.Of(subject.Kind), subjectId, subject.Name);
        row.Metadata = AuditRows.Metadata(metadata);
        AuditRows.Add(db, row, HomeOf(snapshot, subjectId));
    }

    /// <summary>Writes a failure, in a transaction of its own.</summary>
    public static async Task WriteAsync(PolicyStore store, AuditFailure failure, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(failure);
        var row = AuditRows.New(failure.TenantId, failure.At, failure.Actor, failure.SubjectType, failure.Action);
        (row.EntityType, row.EntityId, row.EntityName) = (failure.EntityType, failure.EntityId, failure.EntityName);
        (row.Result, row.HttpStatusCode, row.Metadata) = (AuditResults.Failed, failure.Status, AuditRows.Metadata(failure.Metadata));
        var home = failure.HomeOf is { } subject && store.Current(failure.TenantId)?.Snapshot is { } snapshot ? HomeOf(snapshot, subject) : [];
        await using var db = await store.OpenAsync(cancellationToken);
        AuditRows.Add(db, row, home);
        await db.SaveChangesAsync(cancellationToken);
    }

    private static IReadOnlyCollection<string> HomeOf(PolicySnapshot snapshot, string subjectId) => AuditViews.Subject(snapshot, subjectId, withGroups: false)?.Scopes ?? [];
}
