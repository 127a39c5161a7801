using System.Text.Json;

namespace RunAiRbac.Storage;

/// <summary>Makes the rows of events.</summary>
internal static class AuditRows
{
    public static AuditEventRow New(int tenantId, long at, Actor actor, string subjectType, string action) => new()
    {
        TenantId = tenantId,
        Id = Ids.New(),
        At = at,
        SubjectId = actor.SubjectId,
        Subject = Cut(actor.Name, Lengths.Name),
        SubjectFolded = string.Empty,
        SubjectType = subjectType,
        SourceIp = actor.Origin?.SourceIp,
        Action = action,
        HttpMethod = actor.Origin?.Method is { } method ? Cut(method, Lengths.Kind) : null,
        Url = actor.Origin?.Path is { } path ? Cut(path, Lengths.Url) : null,
        Result = AuditResults.Succeeded,
        HttpStatusCode = actor.Origin?.SuccessStatus,
        RequestId = actor.Origin?.RequestId,
        Scopes = string.Empty,
    };

    /// <summary>Adds an event with the index of its scopes.</summary>
    public static void Add(RunAiRbacDbContext db, AuditEventRow row, IReadOnlyCollection<string> scopes)
    {
        row.Scopes = string.Join('/', scopes);
        row.EntityName = row.EntityName is { } name ? Cut(name, Lengths.Name) : null;
        (row.SubjectFolded, row.EntityNameFolded, row.ClusterNameFolded) = (Folding.Fold(row.Subject), Fold(row.EntityName), Fold(row.ClusterName));
        db.AuditEvents.Add(row);
        foreach (var scope in scopes) db.AuditScopes.Add(new AuditScopeRow { TenantId = row.TenantId, ScopeId = scope, EventId = row.Id });
    }

    private static string? Fold(string? text) => text is null ? null : Folding.Fold(text);

    public static string? Metadata(IReadOnlyDictionary<string, string> values) => values.Count == 0 ? null : JsonSerializer.Serialize(values, AuditJson.Options);

    /// <summary>As much of a text as the column takes.</summary>
    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
