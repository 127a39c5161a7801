using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>One object that a write has changed.</summary>
internal sealed class AuditEntry(string type, string id)
{
    public string Type { get; } = type;
    public string Id { get; } = id;

    /// <summary>As it was before the write; null: it was not there. (Made and ended in one write: as it was before its end.)</summary>
    public AuditView? Before { get; set; }

    /// <summary>As it is after the write; null: it is not there any more.</summary>
    public AuditView? After { get; set; }

    /// <summary>The action, where before and after do not tell it.</summary>
    public string? Action { get; set; }

    /// <summary>Fields that the engine does not know.</summary>
    public List<(string Name, JsonNode? Before, JsonNode? After)> Extras { get; } = [];

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>How to see it in a snapshot; null: it was told, and is not looked up.</summary>
    public Func<PolicySnapshot, AuditView?>? View { get; set; }

    public string Name => (After ?? Before)?.Name ?? Id;

    public string ActionOrDefault => Action ?? (Before, After) switch
    {
        (null, not null) => AuditActions.Create,
        (_, null) => AuditActions.Delete,
        _ => AuditActions.Update,
    };
}

/// <summary>
/// What a write has changed, object by object. Every recorded <see cref="PolicyChange"/> goes through here before it is applied, so that none is without its
/// event; what the engine does not know is told by the operations and features.
/// </summary>
internal sealed class AuditTrail(PolicySnapshot start)
{
    private readonly Dictionary<(string Type, string Id), AuditEntry> _byObject = [];
    private readonly List<AuditEntry> _entries = [];

    public int Count => _entries.Count;

    public IReadOnlyList<AuditEntry> Entries => _entries;

    public bool Has(string type, string id) => _byObject.ContainsKey((type, id));

    /// <summary>Notes the objects that a change is about to touch; the snapshot is the state just before it, in the middle of the write.</summary>
    public void Note(PolicyChange change, PolicySnapshot snapshot)
    {
        switch (change)
        {
            case RolePut put: Touch(AuditEntities.Role, Text(put.Role.Id), s => AuditViews.Role(s, put.Role.Id)); break;
            case ScopePut put: Scope(put.Scope.Type, put.Scope.Id); break;
            case ScopeEnd end: EndScope(end.Id, snapshot); break;
            case SubjectPut put: Subject(put.Subject.Kind, put.Subject.Id); break;
            case SubjectEnd end: EndSubject(end.Id, snapshot); break;
            case MembershipPut put: Groups(put.Membership.UserId); break;
            case MembershipEnd end: Groups(end.UserId); break;
            case RulePut put: Rule(put.Rule.Id); break;
            case RuleEnd end: End(Rule(end.Id), snapshot); break;
            case SessionEnd end: Told(AuditEntities.Session, end.Session.SessionId).Action = AuditActions.SignOut; break;
            default: throw new InvalidOperationException($"{change.GetType().Name} has no event.");
        }
    }

    public AuditEntry Scope(string type, string id) => Touch(type, id, s => AuditViews.Scope(s, id));

    public AuditEntry Rule(int id) => Touch(AuditEntities.AccessRule, Text(id), s => AuditViews.Rule(s, id));

    public AuditEntry Subject(SubjectKind kind, string id) => Touch(AuditEntities.Of(kind), id, s => AuditViews.Subject(s, id, withGroups: false));

    /// <summary>A user's memberships: an event of the user that shows its groups.</summary>
    public AuditEntry Groups(string userId)
    {
        var entry = Subject(SubjectKind.User, userId);
        entry.View = s => AuditViews.Subject(s, userId, withGroups: true);
        entry.Before = entry.View(start);
        return entry;
    }

    /// <summary>An object that no snapshot holds.</summary>
    public AuditEntry Told(string type, string id)
    {
        if (_byObject.TryGetValue((type, id), out var entry)) return entry;
        entry = _byObject[(type, id)] = new(type, id);
        _entries.Add(entry);
        return entry;
    }

    /// <summary>Looks every touched object up as the write leaves it.</summary>
    public void Finish(PolicySnapshot final)
    {
        foreach (var entry in _entries)
        {
            if (entry.View is not null) entry.After = entry.View(final);
            foreach (var (name, before, after) in entry.Extras)
            {
                if (entry.Before is not null && before is not null) entry.Before.Fields[name] = before.DeepClone();
                if (entry.After is not null && after is not null) entry.After.Fields[name] = after.DeepClone();
            }
        }
    }

    private AuditEntry Touch(string type, string id, Func<PolicySnapshot, AuditView?> view)
    {
        if (_byObject.TryGetValue((type, id), out var entry)) return entry;
        entry = Told(type, id);
        (entry.View, entry.Before) = (view, view(start));
        return entry;
    }

    private static void End(AuditEntry entry, PolicySnapshot snapshot) => entry.Before ??= entry.View?.Invoke(snapshot);

    private void EndScope(string id, PolicySnapshot snapshot)
    {
        foreach (var scope in snapshot.Subtree(snapshot.FindScope(id)))
        {
            var fact = snapshot.Scope(scope);
            End(Scope(fact.Type, fact.Id), snapshot);
            foreach (var rule in snapshot.RulesAt(scope)) End(Rule(rule.Id), snapshot);
        }
    }

    private void EndSubject(string id, PolicySnapshot snapshot)
    {
        var subject = snapshot.FindSubject(id);
        End(Subject(snapshot.Subject(subject).Kind, id), snapshot);
        foreach (var rule in snapshot.RulesOf(subject)) End(Rule(rule.Id), snapshot);
    }

    private static string Text(int id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The JSON of events.</summary>
internal static class AuditJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static string? Write(JsonNode? node) => node?.ToJsonString(Options);
}
