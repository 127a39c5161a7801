using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>A stack of free handles.</summary>
internal sealed record FreeHandle(int Index, FreeHandle? Next);

/// <summary>
/// Everything a snapshot holds, each part persistent: a copy of this struct is a copy of the policy. Subjects, scopes and roles are handles, dense from 0; those
/// of ended subjects and scopes are used again.
/// </summary>
internal struct PolicyState
{
    public Catalogue Catalogue;
    public RadixArray<SubjectRecord> Subjects;
    public RadixArray<ScopeRecord> Scopes;
    public RoleSet Roles;

    /// <summary>Subjects by id and, in the same index, by key: whoever gives one or the other costs one look.</summary>
    public StringIndex SubjectNames;

    public StringIndex ScopeIds;
    public IntTree<Rule> Rules;

    /// <summary>The rules that the last-administrator rule may count: System administrator, of a user, at a tenant's root, without an end.</summary>
    public IntTree<Rule> Administrators;

    public EndedSessions Sessions;

    /// <summary>The subject of all authenticated; -1 when there is none.</summary>
    public int AllAuthenticated;

    public FreeHandle? FreeSubjects;
    public FreeHandle? FreeScopes;

    /// <summary>The number of scopes up to which a subject's rules stay in one small table.</summary>
    public int SmallTableLimit;

    public readonly int FindSubjectId(string id) => FindSubjectId(id, StringIndex.HashOf(id));

    public readonly int FindSubjectId(string id, int hash) => SubjectNames.Find(id, hash, new SubjectIdNames(Subjects));

    public readonly int FindSubjectKey(SubjectKind kind, string key, int hash) => SubjectNames.Find(key, hash, new SubjectKeyNames(Subjects, kind));

    public readonly int FindScope(string id) => ScopeIds.Find(id, StringIndex.HashOf(id), new ScopeNames(Scopes));

    public readonly bool IsAdministratorRule(Rule rule)
    {
        if (rule.RoleId != PredefinedRoles.SystemAdministrator || rule.ExpiresAt != long.MaxValue) return false;
        return Scopes[rule.Scope.Index] is { Parent: < 0, Type: ScopeTypes.Tenant } && Subjects[rule.Subject.Index]!.Kind == SubjectKind.User;
    }

    internal readonly struct SubjectIdNames(RadixArray<SubjectRecord> subjects) : IHandleNames
    {
        public bool IsNamed(int handle, string name) => subjects[handle]!.Names.IdIs(name);
    }

    internal readonly struct SubjectKeyNames(RadixArray<SubjectRecord> subjects, SubjectKind kind) : IHandleNames
    {
        public bool IsNamed(int handle, string name)
        {
            var subject = subjects[handle]!;
            return subject.Kind == kind && subject.Names.KeyIs(name);
        }
    }

    internal readonly struct ScopeNames(RadixArray<ScopeRecord> scopes) : IHandleNames
    {
        public bool IsNamed(int handle, string name) => scopes[handle]!.Names.IdIs(name);
    }
}

/// <summary>The two scope types that the engine itself knows of: the roots.</summary>
internal static class ScopeTypes
{
    public const string Tenant = "tenant";
    public const string System = "system";
}
