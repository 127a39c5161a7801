using System.Text.Json;
using System.Text.Json.Nodes;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

public sealed partial class PolicyWrite
{
    private readonly AuditTrail _trail;
    private readonly HashSet<string> _newCredentials = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _detailsBefore = new(StringComparer.Ordinal);

    /// <summary>
    /// The event of a changed object that no <see cref="PolicyChange"/> speaks of (a setting, a provider, an access key …); the write is a revision all the
    /// same. Several for one object become one: the first before, the last after.
    /// </summary>
    /// <param name="entityType">Singular, kebab-case: <c>identity-provider</c>.</param>
    /// <param name="entityId">The object's id.</param>
    /// <param name="entityName">Its name at this moment.</param>
    /// <param name="before">As clients saw it, without secrets and hashes; serialized in camelCase. Null: it was not there.</param>
    /// <param name="after">As clients see it now. Null: it is not there any more.</param>
    /// <param name="action">One of <see cref="AuditActions"/>, where before and after do not tell it.</param>
    /// <param name="scopeId">The scope it belongs to; null: the tenant.</param>
    public void RecordEvent(string entityType, string entityId, string entityName, object? before, object? after, string? action = null, string? scopeId = null)
    {
        var isFirst = !_trail.Has(entityType, entityId);
        var entry = _trail.Told(entityType, entityId);
        if (isFirst) entry.Before = Told(before);
        entry.After = Told(after);
        entry.Action = action ?? entry.Action;

        AuditView? Told(object? view)
            => view is null ? null : AuditViews.At(After, scopeId is null ? default : After.FindScope(scopeId), entityName, (JsonObject)JsonSerializer.SerializeToNode(view, AuditJson.Options)!);
    }

    /// <summary>The ended session of a subject, shown with the subject's name and place.</summary>
    private void NoteEndedSession(string sessionId, string subjectId)
    {
        if (AuditViews.Subject(After, subjectId, withGroups: false) is not { } subject) return;
        _trail.Told(AuditEntities.Session, sessionId).Before = subject with { Fields = new() { ["id"] = sessionId, ["subjectId"] = subjectId, ["subjectName"] = subject.Name } };
    }

    /// <summary>What clients gave with a scope, which the engine does not know.</summary>
    private void NoteDetails(ScopeRow row, string? before)
    {
        var details = (Name: "details", Parse(before), Parse(row.Details));
        var extras = _trail.Scope(row.Type, row.Id).Extras;
        extras.RemoveAll(x => x.Name == details.Name);
        extras.Add(details);

        static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
    }

    private void AddEvents()
    {
        _trail.Finish(Final);
        foreach (var entry in _trail.Entries)
        {
            NoteAction(entry);
            AuditRows.Add(Db, Row(entry), Scopes(entry));
        }
    }

    private AuditEventRow Row(AuditEntry entry)
    {
        var cluster = (entry.After ?? entry.Before)?.Cluster;
        var row = AuditRows.New(TenantId, Now, Actor, ActorType(), entry.ActionOrDefault);
        (row.EntityType, row.EntityId, row.EntityName) = (entry.Type, entry.Id, entry.Name);
        (row.ClusterId, row.ClusterName) = (cluster?.Id, cluster?.Name);
        (row.Before, row.After) = (AuditJson.Write(entry.Before?.Fields), AuditJson.Write(entry.After?.Fields));
        row.Metadata = AuditRows.Metadata(entry.Metadata);
        return row;
    }

    /// <summary>Where it is and, when it was moved, where it was.</summary>
    private static List<string> Scopes(AuditEntry entry) => [.. (entry.After?.Scopes ?? []).Union(entry.Before?.Scopes ?? [], StringComparer.Ordinal)];

    private string ActorType()
        => AuditSubjectTypes.Of(Actor.SubjectId is { } id && Before.FindSubject(id) is { IsKnown: true } actor ? Before.Subject(actor).Kind : null);

    /// <summary>A subject with new credentials is a reset, one of which nothing but its sessions ended a sign-out.</summary>
    private void NoteAction(AuditEntry entry)
    {
        if (entry.Action is not null || entry.Before is null || entry.After is null) return;
        if (entry.Type is not (AuditEntities.User or AuditEntities.Application)) return;
        if (_newCredentials.Contains(entry.Id)) entry.Action = AuditActions.ResetPassword;
        else if (Fact(Before) is { } before && Fact(Final) is { } after && before.SessionEpoch < after.SessionEpoch && before with { SessionEpoch = after.SessionEpoch } == after)
            entry.Action = AuditActions.SignOut;

        SubjectFact? Fact(PolicySnapshot snapshot) => snapshot.FindSubject(entry.Id) is { IsKnown: true } subject ? snapshot.Subject(subject) : null;
    }
}
