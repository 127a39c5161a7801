namespace RunAiRbac.Policy.Tests;

/// <summary>A small organization to write tests about: subjects and scopes are named by their ids.</summary>
internal static class Worlds
{
    public const long Now = 1_800_000_000_000_000;

    public const int SystemAdministrator = 1;
    public const int L1Researcher = 5;
    public const int Viewer = 7;

    public static readonly ScopeFact[] Scopes =
    [
        new("1", "tenant", null, "Acme"),
        new("east", "cluster", "1", "East"),
        new("west", "cluster", "1", "West"),
        new("vision", "department", "east", "Vision"),
        new("speech", "department", "east", "Speech"),
        new("robots", "project", "vision", "Robots"),
        new("drones", "project", "vision", "Drones"),
        new("radio", "project", "speech", "Radio"),
        new("system", "system", null, "System"),
    ];

    public static readonly SubjectFact[] Subjects =
    [
        User("alice"),
        User("bob"),
        User("dora") with { Enabled = false },
        new("team", SubjectKind.Group, "Team", "Team"),
        new("others", SubjectKind.Group, "Others", "Others"),
        new("bot", SubjectKind.Application, "ci-bot", "ci-bot"),
        new("everyone", SubjectKind.AllAuthenticated, "all", "all"),
    ];

    public static SubjectFact User(string id) => new(id, SubjectKind.User, $"{id}@acme.example", $"{id}@acme.example", HasPassword: true);

    public static PolicySnapshot With(params RuleFact[] rules) => With([], rules);

    public static PolicySnapshot With(MembershipFact[] memberships, params RuleFact[] rules)
        => PolicySnapshot.Build(Catalogue.Default, new PolicyFacts(1, Catalogue.Default.Roles, Scopes, Subjects, memberships, rules, []));

    public static Decision Ask(this PolicySnapshot snapshot, string subject, string action, string resourceType, string scope, long now = Now)
        => snapshot.Check(
            snapshot.FindSubject(subject), snapshot.Catalogue.FindResourceType(resourceType), snapshot.Catalogue.FindAction(action), snapshot.FindScope(scope), now);

    public static PolicySnapshot Then(this PolicySnapshot snapshot, params PolicyChange[] changes) => snapshot.Apply(snapshot.Revision + 1, changes);
}
