using static RunAiRbac.Policy.Tests.Worlds;

namespace RunAiRbac.Policy.Tests;

public class ChangeTests
{
    [Fact]
    public void Apply_ScopeMoved_TakesItsSubtreeAlong()
    {
        var before = With(new RuleFact(1, "alice", Viewer, "west"), new RuleFact(2, "bob", Viewer, "east"));
        var after = before.Then(new ScopePut(new ScopeFact("vision", "department", "west", "Vision")));

        after.Ask("alice", "read", "workloads", "robots").Allowed.Should().BeTrue();
        after.Ask("bob", "read", "workloads", "robots").Allowed.Should().BeFalse();
        after.Path(after.FindScope("robots")).Select(scope => after.Scope(scope).Id).Should().Equal("1", "west", "vision", "robots");
        before.Ask("bob", "read", "workloads", "robots").Allowed.Should().BeTrue();
    }

    [Fact]
    public void Apply_ScopeEnded_EndsWhatIsBelowWithItsRulesAndHomes()
    {
        var before = With(new RuleFact(1, "alice", Viewer, "robots"), new RuleFact(2, "alice", Viewer, "radio"))
            .Then(new SubjectPut(User("alice") with { HomeScopeId = "robots" }));
        var after = before.Then(new ScopeEnd("vision"), new ScopePut(new ScopeFact("robots", "project", "speech", "Robots")));

        after.Ask("alice", "read", "workloads", "robots").Reason.Should().Be(DecisionReason.NoMatchingRule);
        after.Ask("alice", "read", "workloads", "drones").Reason.Should().Be(DecisionReason.UnknownScope);
        after.Ask("alice", "read", "workloads", "radio").Allowed.Should().BeTrue();
        after.TryGetRule(1, out _).Should().BeFalse();
        after.RuleCount.Should().Be(1);
        after.Subject(after.FindSubject("alice")).HomeScopeId.Should().BeNull("the new scope of the same id is another one");
        before.Subject(before.FindSubject("alice")).HomeScopeId.Should().Be("robots");
    }

    [Fact]
    public void Apply_SubjectEndedAndMadeAgain_RevivesNothing()
    {
        var before = With([new("alice", "team")], new RuleFact(1, "alice", Viewer, "robots"), new RuleFact(2, "team", Viewer, "radio"));
        var after = before.Then(new SubjectEnd("alice"), new SubjectPut(User("alice")));

        after.Ask("alice", "read", "workloads", "robots").Reason.Should().Be(DecisionReason.NoMatchingRule);
        after.Ask("alice", "read", "workloads", "radio").Reason.Should().Be(DecisionReason.NoMatchingRule);
        after.MembersOf(after.FindSubject("team")).Should().BeEmpty();
        after.FindSubject(SubjectKind.User, "alice@acme.example").IsKnown.Should().BeTrue();
    }

    [Fact]
    public void Apply_KeyChanged_IsFoundByTheNewOneOnly()
    {
        var after = With().Then(new SubjectPut(User("alice") with { Key = "alicia@acme.example" }));

        after.FindSubject(SubjectKind.User, "alicia@acme.example").Should().Be(after.FindSubject("alice"));
        after.FindSubject(SubjectKind.User, "alice@acme.example").IsKnown.Should().BeFalse();
        after.FindSubject(SubjectKind.Application, "alicia@acme.example").IsKnown.Should().BeFalse();
    }

    [Fact]
    public void FindSubject_IdOfOneIsKeyOfAnother_IdWins()
    {
        var snapshot = With().Then(new SubjectPut(new SubjectFact("carl", SubjectKind.User, "alice", "Carl")));

        snapshot.Subject(snapshot.FindSubject(SubjectKind.User, "alice")).Id.Should().Be("alice");
    }

    public static TheoryData<PolicyChange> Contradictions => new((PolicyChange[])
    [
        new RulePut(new RuleFact(1, "alice", Viewer, "1")),
        new RulePut(new RuleFact(2, "nobody", Viewer, "1")),
        new RulePut(new RuleFact(2, "alice", 77, "1")),
        new RulePut(new RuleFact(2, "alice", Viewer, "nowhere")),
        new RuleEnd(2),
        new SubjectEnd("nobody"),
        new SubjectPut(new SubjectFact("alice", SubjectKind.Group, "alice", "alice")),
        new SubjectPut(User("bob") with { Key = "alice@acme.example" }),
        new SubjectPut(new SubjectFact("team", SubjectKind.Group, "Team", "Team", Enabled: false)),
        new SubjectPut(new SubjectFact("all2", SubjectKind.AllAuthenticated, "all2", "all2")),
        new ScopeEnd("nowhere"),
        new ScopePut(new ScopeFact("east", "cluster", "robots", "East")),
        new ScopePut(new ScopeFact("east", "project", "1", "East")),
        new ScopePut(new ScopeFact("new", "project", "nowhere", "New")),
        new ScopePut(new ScopeFact("new", "project", "system", "New")),
        new ScopePut(new ScopeFact("new", "tenant", "1", "New")),
        new MembershipPut(new MembershipFact("bot", "team")),
        new MembershipPut(new MembershipFact("alice", "bob")),
        new MembershipEnd("alice", "team"),
    ]);

    [Theory]
    [MemberData(nameof(Contradictions), DisableDiscoveryEnumeration = true)]
    public void Apply_Contradiction_ThrowsAndLeavesTheSnapshotAlone(PolicyChange change)
    {
        var snapshot = With(new RuleFact(1, "alice", Viewer, "1"));
        var apply = () => snapshot.Then(new RuleEnd(1), new SubjectPut(User("eve")), new RulePut(new RuleFact(1, "alice", Viewer, "1")), change);

        apply.Should().Throw<ArgumentException>();
        snapshot.Ask("alice", "read", "workloads", "robots").Allowed.Should().BeTrue();
        snapshot.FindSubject("eve").IsKnown.Should().BeFalse();
    }

    [Fact]
    public void Build_CircleOfScopes_Throws()
    {
        ScopeFact[] scopes = [new("1", "tenant", null, "T"), new("a", "cluster", "b", "A"), new("b", "cluster", "a", "B")];
        var build = () => PolicySnapshot.Build(Catalogue.Default, new PolicyFacts(1, [], scopes, [], [], [], []));

        build.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void WithBefore_EveryKind_ShowsWhatStoodThere()
    {
        var snapshot = With([new("alice", "team", Now)], new RuleFact(1, "alice", Viewer, "robots", ExpiresAt: Now));
        var changes = snapshot.WithBefore([
            new RuleEnd(1), new MembershipEnd("alice", "team"), new ScopeEnd("robots"), new SubjectPut(User("alice") with { Name = "A" }), new SubjectEnd("nobody")]);

        changes.Should().Equal(
            new RuleEnd(1, new RuleFact(1, "alice", Viewer, "robots", ExpiresAt: Now)),
            new MembershipEnd("alice", "team", new MembershipFact("alice", "team", Now)),
            new ScopeEnd("robots", new ScopeFact("robots", "project", "vision", "Robots")),
            new SubjectPut(User("alice") with { Name = "A" }, User("alice")),
            new SubjectEnd("nobody"));
    }

    [Fact]
    public void IsSessionLive_EndedDisabledOrOldEpoch_IsDead()
    {
        var snapshot = With();

        snapshot.IsSessionLive("alice", 0, "s1").Should().BeTrue();
        snapshot.IsSessionLive("alice", 1, "s1").Should().BeFalse();
        snapshot.IsSessionLive("dora", 0, "s1").Should().BeFalse();
        snapshot.IsSessionLive("nobody", 0, "s1").Should().BeFalse();
        var ended = snapshot.Then(new SessionEnd(new EndedSession("s1", Now)));
        ended.IsSessionLive("alice", 0, "s1").Should().BeFalse();
        ended.IsSessionLive("alice", 0, "s2").Should().BeTrue();
    }

    [Fact]
    public void EndedSessions_OneMuchLater_ForgetsTheOldAndKeepsTheRecent()
    {
        const long Day = 24L * 3600 * 1_000_000;
        var snapshot = With().Then(
            new SessionEnd(new EndedSession("old", Now)), new SessionEnd(new EndedSession("recent", Now + 15 * Day)), new SessionEnd(new EndedSession("new", Now + 20 * Day)));

        snapshot.IsSessionLive("alice", 0, "recent").Should().BeFalse();
        snapshot.IsSessionLive("alice", 0, "new").Should().BeFalse();
        snapshot.IsSessionLive("alice", 0, "old").Should().BeTrue("its tokens died on their own long ago");
    }

    [Theory]
    [InlineData("alice", "robots", "User alice@acme.example is a Viewer in Project Robots")]
    [InlineData("team", "vision", "Group Team is a Viewer in Department Vision")]
    [InlineData("bot", "east", "Application ci-bot is a Viewer in Cluster East")]
    [InlineData("bot", "1", "Application ci-bot is a Viewer in Account Acme")]
    [InlineData("alice", "system", "User alice@acme.example is a Viewer in System")]
    [InlineData("everyone", "1", "All authenticated users are a Viewer in Account Acme")]
    public void Sentence_EveryKind_ReadsAsWritten(string subject, string scope, string expected)
    {
        var snapshot = With(new RuleFact(1, subject, Viewer, scope));
        snapshot.TryGetRule(1, out var rule).Should().BeTrue();

        snapshot.Sentence(rule!).Should().Be(expected);
    }

    [Fact]
    public void LocalAdministrators_OnlyLastingDirectRulesOfEnabledUsersWithPassword_Count()
    {
        RuleFact Rule(int id, string subject, string scope = "1", long? notBefore = null, long? end = null) => new(id, subject, SystemAdministrator, scope, notBefore, end);
        With(Rule(1, "alice")).LocalAdministrators(Now).Should().Be(1);
        With(Rule(1, "alice", end: Now + 1), Rule(2, "bob", notBefore: Now + 1), Rule(3, "dora"), Rule(4, "bot"), Rule(5, "team"), Rule(6, "bob", "east")).LocalAdministrators(Now).Should().Be(0);
        With(Rule(1, "alice"), Rule(2, "alice")).LocalAdministrators(Now).Should().Be(1);
        With(Rule(1, "alice")).Then(new SubjectPut(User("alice") with { HasPassword = false })).LocalAdministrators(Now).Should().Be(0);
        With(Rule(1, "alice")).Then(new RuleEnd(1)).LocalAdministrators(Now).Should().Be(0);
    }
}
