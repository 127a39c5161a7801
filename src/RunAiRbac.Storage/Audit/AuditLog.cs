using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Events that belong to no policy write.</summary>
public static class AuditLog
{
    /// <summary>Adds the event of a sign-in to the context whose transaction makes the session.</summary>
    public static void AddSignIn(
        RunAiRbacDbContext db, int tenantId, PolicySnapshot snapshot, string subjectId, RequestOrigin origin, long at, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var subject = snapshot.Subject(snapshot.FindSubject(subjectId));
        var row = AuditRows.New(tenantId, at, new Actor(subjectId, subject.Name, origin), AuditSubjectTypes.Of(subject.Kind), AuditActions.SignIn);
        (row.EntityType, row.EntityId, row.EntityName) = (AuditEntities.Of(subject.Kind), subjectId, AuditRows.Cut(subject.Name, Lengths.Name));
        row.Metadata = AuditRows.Metadata(metadata);
        AuditRows.Add(db, row, AuditViews.Subject(snapshot, subjectId, withGroups: false)!.Scopes);
    }
}
