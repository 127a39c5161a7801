using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

/// <summary>Short ways to say what a test writes.</summary>
internal static class Rows
{
    public static readonly int Researcher = Catalogue.Default.Roles.Single(role => role.Name == "L1 researcher").Id;
    public const int Administrator = 1;

    public static SubjectRow User(string email, bool isLocal = true)
        => new() { Id = "", Kind = SubjectKind.User, Key = email, Name = email, NameFolded = "", CreatedByName = "", IsLocal = isLocal };

    public static SubjectRow Application(string name)
        => new() { Id = "", Kind = SubjectKind.Application, Key = name, Name = name, NameFolded = "", CreatedByName = "" };

    public static IdentityProviderRow Provider(string alias, bool trusted = true) => new()
    {
        Id = "",
        Alias = alias,
        Type = "oidc",
        Name = alias,
        Settings = """{"mappers":{}}""",
        TrustedEmailDomains = "[]",
        GroupsTrusted = trusted,
        CreatedByName = "",
    };

    public static ScopeRow Cluster(string name) => Scope(Ids.New(), "cluster", "1", name, nameScope: "");

    public static ScopeRow Department(ScopeRow cluster, string name) => Scope(Ids.New(), "department", cluster.Id, name, cluster.Id);

    public static ScopeRow Project(ScopeRow department, string name)
    {
        var row = Scope(Ids.New(), "project", department.Id, name, department.ClusterId!);
        row.Namespace = $"runai-{name}";
        return row;
    }

    /// <summary>A local user with a password and System administrator at the tenant.</summary>
    public static async Task<string> AddAdministratorAsync(this PolicyWrite write, string email, CancellationToken cancellationToken)
    {
        var row = User(email);
        write.AddSubject(row);
        write.AddCredential(row.Id, CredentialKinds.Password, "hash");
        await write.TouchSubjectAsync(row, cancellationToken);
        await write.AddRuleAsync(write.Rule(row.Id, Administrator, "1"), cancellationToken);
        return row.Id;
    }

    public static NewRule Rule(this PolicyWrite write, string subjectId, int roleId, string scopeId, long? expiresAt = null, long? notBefore = null)
        => new(write.After.FindSubject(subjectId), roleId, write.After.FindScope(scopeId), notBefore, expiresAt, Reason: null);

    public static string IdOf(this PolicySnapshot snapshot, SubjectKind kind, string key) => snapshot.Subject(snapshot.FindSubject(kind, key)).Id;

    private static ScopeRow Scope(string id, string type, string parentId, string name, string nameScope) => new()
    {
        Id = id,
        Type = type,
        ParentId = parentId,
        ClusterId = type == "cluster" ? id : nameScope,
        Name = name,
        NameFolded = "",
        NameScope = nameScope,
        CreatedByName = "",
    };
}
