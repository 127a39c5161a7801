using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>Rules in words.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>The rule as a sentence: <c>Application ci-bot is a L1 researcher in Project my-project</c>.</summary>
    public string Sentence(Rule rule)
    {
        // Every allowed decision carries one: nothing is read or made here but the names.
        var (subject, place, role) = (Record(rule.Subject), Place(rule.Scope), _state.Roles[rule.RoleIndex].Name);
        var name = place.Type == ScopeTypes.System ? "" : place.Names.Name;
        return subject.Kind == SubjectKind.AllAuthenticated
            ? string.Concat(["All authenticated users are a ", role, In(place.Type), name])
            : string.Concat([Prefix(subject.Kind), subject.Names.Name, " is a ", role, In(place.Type), name]);
    }

    private static string Prefix(SubjectKind kind) => kind switch
    {
        SubjectKind.User => "User ",
        SubjectKind.Group => "Group ",
        SubjectKind.Application => "Application ",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string In(string scopeType) => scopeType switch
    {
        ScopeTypes.System => " in System",
        ScopeTypes.Tenant => " in Account ",
        "cluster" => " in Cluster ",
        "department" => " in Department ",
        "project" => " in Project ",
        "" => " in ",
        _ => $" in {char.ToUpperInvariant(scopeType[0])}{scopeType[1..]} ",
    };
}
