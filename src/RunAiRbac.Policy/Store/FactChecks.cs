namespace RunAiRbac.Policy.Store;

/// <summary>What a fact must be like whatever else there is.</summary>
internal static class FactChecks
{
    public static void Subject(SubjectFact fact)
    {
        if (fact.Kind is < SubjectKind.User or > SubjectKind.AllAuthenticated) throw new ArgumentException($"Subject `{fact.Id}` is of no known kind.", nameof(fact));
        if (!fact.Enabled && (fact.Kind is SubjectKind.Group or SubjectKind.AllAuthenticated))
        {
            throw new ArgumentException($"Subject `{fact.Id}` is neither a user nor an application and cannot be disabled.", nameof(fact));
        }
    }

    public static void Membership(MembershipFact fact, SubjectKind user, SubjectKind group)
    {
        if (user != SubjectKind.User) throw new ArgumentException($"Subject `{fact.UserId}` is not a user and cannot be in a group.", nameof(fact));
        if (group != SubjectKind.Group) throw new ArgumentException($"Subject `{fact.GroupId}` is not a group.", nameof(fact));
    }

    public static void Scope(ScopeFact fact)
    {
        var isRootType = fact.Type is ScopeTypes.System or ScopeTypes.Tenant;
        if (isRootType && fact.ParentId is not null) throw new ArgumentException($"Scope `{fact.Id}` is of type `{fact.Type}` and can have no parent.", nameof(fact));
    }

    public static void MayBeBelow(ScopeFact fact, string parentType)
    {
        if (parentType == ScopeTypes.System) throw new ArgumentException($"Scope `{fact.Id}` cannot lie below the scope `{fact.ParentId}`.", nameof(fact));
    }

    public static void Room(int scopeIndex)
    {
        if (scopeIndex >= RuleTable.MaxScopes) throw new ArgumentException($"A tenant has room for {RuleTable.MaxScopes} scopes.", nameof(scopeIndex));
    }
}
