using System.Text.Json.Nodes;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>An object as an event shows it: for people and programs that read the log, without secrets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="Scopes">Ids of the scopes it belongs to below the tenant, from the top.</param>
/// <param name="Cluster">The cluster it belongs to.</param>
internal sealed record AuditView(string Name, JsonObject Fields, IReadOnlyList<string> Scopes, ScopeFact? Cluster);

/// <summary>Shows the objects of a snapshot. Null: it is not there.</summary>
internal static class AuditViews
{
    public static AuditView? Role(PolicySnapshot snapshot, int id)
        => snapshot.TryGetRole(id, out var role) ? new(role.Name, RoleFields(role), [], null) : null;

    public static AuditView? Scope(PolicySnapshot snapshot, string id)
    {
        var scope = snapshot.FindScope(id);
        if (!scope.IsKnown) return null;
        var fact = snapshot.Scope(scope);
        return At(snapshot, scope, fact.Name, new() { ["id"] = fact.Id, ["type"] = fact.Type, ["name"] = fact.Name, ["parentId"] = fact.ParentId });
    }

    public static AuditView? Subject(PolicySnapshot snapshot, string id, bool withGroups)
    {
        var subject = snapshot.FindSubject(id);
        if (!subject.IsKnown) return null;
        var fact = snapshot.Subject(subject);
        var fields = new JsonObject
        {
            ["id"] = fact.Id,
            ["type"] = AuditEntities.Of(fact.Kind),
            ["name"] = fact.Name,
            ["key"] = fact.Key,
            ["enabled"] = fact.Enabled,
            ["hasPassword"] = fact.HasPassword,
            ["homeScopeId"] = fact.HomeScopeId,
        };
        if (withGroups) fields["groups"] = new JsonArray([.. snapshot.GroupsOf(subject).Select(x => snapshot.Subject(x.Group).Name).Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]);
        return fact.HomeScopeId is null ? new(fact.Name, fields, [], null) : At(snapshot, snapshot.FindScope(fact.HomeScopeId), fact.Name, fields);
    }

    public static AuditView? Rule(PolicySnapshot snapshot, int id)
    {
        if (!snapshot.TryGetRule(id, out var rule)) return null;
        var (subject, scope) = (snapshot.Subject(rule.Subject), snapshot.Scope(rule.Scope));
        var role = snapshot.TryGetRole(rule.RoleId, out var known) ? known.Name : null;
        return At(snapshot, rule.Scope, snapshot.Sentence(rule), new()
        {
            ["id"] = rule.Id,
            ["subjectType"] = AuditEntities.Of(subject.Kind),
            ["subjectId"] = subject.Id,
            ["subjectName"] = subject.Name,
            ["roleId"] = rule.RoleId,
            ["roleName"] = role,
            ["scopeType"] = scope.Type,
            ["scopeId"] = scope.Id,
            ["scopeName"] = scope.Name,
            ["notBefore"] = rule.NotBefore == long.MinValue ? null : Micros.ToTime(rule.NotBefore),
            ["expiresAt"] = rule.ExpiresAt == long.MaxValue ? null : Micros.ToTime(rule.ExpiresAt),
        });
    }

    /// <summary>Something that belongs to a scope; an unknown scope is the tenant.</summary>
    public static AuditView At(PolicySnapshot snapshot, ScopeRef scope, string name, JsonObject fields)
    {
        if (!scope.IsKnown) return new(name, fields, [], null);
        var path = snapshot.Path(scope);
        var below = new List<string>(path.Count);
        ScopeFact? cluster = null;
        foreach (var step in path)
        {
            var fact = snapshot.Scope(step);
            if (fact.Type != "tenant") below.Add(fact.Id);
            if (fact.Type == "cluster") cluster = fact;
        }

        return new(name, fields, below, cluster);
    }

    private static JsonObject RoleFields(RoleFact role) => new()
    {
        ["id"] = role.Id,
        ["name"] = role.Name,
        ["description"] = role.Description,
        ["enabled"] = role.Enabled,
        ["permissions"] = JsonNode.Parse(ChangeLog.WritePermissions(role.Permissions)),
    };
}
