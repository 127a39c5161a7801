using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>Rules in words.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>The rule as a sentence: <c>Application ci-bot is a L1 researcher in Project my-project</c>.</summary>
    public string Sentence(Rule rule)
    {
        var subject = Record(rule.Subject);
        var who = subject.Kind == SubjectKind.AllAuthenticated ? "All authenticated users are" : $"{subject.Kind} {subject.Names.Name} is";
        return $"{who} a {_state.Roles[rule.RoleIndex].Name} in {Where(Scope(rule.Scope))}";
    }

    private static string Where(ScopeFact scope) => scope.Type switch
    {
        ScopeTypes.System => "System",
        ScopeTypes.Tenant => $"Account {scope.Name}",
        "" => scope.Name,
        _ => $"{char.ToUpperInvariant(scope.Type[0])}{scope.Type[1..]} {scope.Name}",
    };
}
