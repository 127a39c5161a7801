using static RunAiRbac.Policy.Tests.Worlds;

namespace RunAiRbac.Policy.Tests;

public class CheckTests
{
    [Theory]
    [InlineData("1", "1,east,west,vision,speech,robots,drones,radio")]
    [InlineData("east", "east,vision,speech,robots,drones,radio")]
    [InlineData("vision", "vision,robots,drones")]
    [InlineData("robots", "robots")]
    [InlineData("system", "system")]
    public void Check_RuleInScope_HoldsThereAndBelowAndNowhereElse(string ruleScope, string expected)
    {
        var snapshot = With(new RuleFact(1, "alice", SystemAdministrator, ruleScope));

        Scopes.Select(scope => scope.Id).Where(scope => snapshot.Ask("alice", "read", "workloads", scope).Allowed).Should().BeEquivalentTo(expected.Split(','));
        Scopes.Should().OnlyContain(scope => !snapshot.Ask("bob", "read", "workloads", scope.Id).Allowed);
    }

    [Fact]
    public void Check_Granted_NamesTheRule()
    {
        var decision = With(new RuleFact(12, "bot", L1Researcher, "robots")).Ask("bot", "create", "workloads", "robots");

        decision.Reason.Should().Be(DecisionReason.Granted);
        decision.Rule!.Id.Should().Be(12);
    }

    [Fact]
    public void Check_RoleWithoutPermission_IsNoMatchingRule()
    {
        var decision = With(new RuleFact(12, "bot", Viewer, "robots")).Ask("bot", "create", "workloads", "robots");

        decision.Should().Be(new Decision(DecisionReason.NoMatchingRule, null));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(300)]
    public void Check_ManyRoles_EachGrantsWhatItHolds(int customRoles)
    {
        // Alternately roles that may read and that may create, as a group's; later ones than keys know among them.
        RoleFact[] custom = [.. Enumerable.Range(0, customRoles).Select(i => new RoleFact(
            PredefinedRoles.FirstCustomId + i, $"role {i}", "", true, [new("workloads", [i % 2 == 0 ? "read" : "create"])]))];
        foreach (var role in custom)
        {
            RuleFact[] rules = [new(1, "team", role.Id, "east"), new(2, "bob", role.Id, "robots")];
            var snapshot = PolicySnapshot.Build(
                Catalogue.Default, new PolicyFacts(1, [.. Catalogue.Default.Roles, .. custom], Scopes, Subjects, [new("alice", "team")], rules, []));
            foreach (var who in (string[])["alice", "bob"])
            {
                snapshot.Ask(who, "read", "workloads", "robots").Allowed.Should().Be(role.Permissions[0].Actions[0] == "read", $"{who} has role {role.Id}");
                snapshot.Ask(who, "create", "workloads", "robots").Allowed.Should().Be(role.Permissions[0].Actions[0] == "create", $"{who} has role {role.Id}");
                snapshot.Ask(who, "create", "workloads", "radio").Allowed.Should().Be(who == "alice" && role.Permissions[0].Actions[0] == "create");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(500)]
    public void Check_ManyGroups_EachIsAsked(int count)
    {
        SubjectFact[] groups = [.. Enumerable.Range(0, count).Select(i => new SubjectFact($"g{i}", SubjectKind.Group, $"G{i}", $"G{i}"))];
        bool HasEnded(int i) => i % 70 == 0;
        MembershipFact[] memberships = [.. groups.Select((group, i) => new MembershipFact("alice", group.Id, HasEnded(i) ? Now : Now + 1))];
        foreach (var (i, group) in groups.Index())
        {
            var snapshot = PolicySnapshot.Build(
                Catalogue.Default, new PolicyFacts(1, Catalogue.Default.Roles, Scopes, [.. Subjects, .. groups], memberships, [new(1, group.Id, Viewer, "vision")], []));
            snapshot.Ask("alice", "read", "workloads", "robots").Allowed.Should().Be(!HasEnded(i), $"the membership in {group.Id} counts unless it has ended");
            snapshot.Ask("alice", "read", "workloads", "radio").Allowed.Should().BeFalse();
        }
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(9_999_999, true)]
    [InlineData(10_000_000, false)]
    public void Check_RuleWithBeginningAndEnd_IsExactToTheMicrosecond(long offset, bool allowed)
    {
        var snapshot = With(new RuleFact(1, "alice", Viewer, "robots", NotBefore: Now, ExpiresAt: Now + 10_000_000));

        snapshot.Ask("alice", "read", "workloads", "robots", Now + offset).Allowed.Should().Be(allowed);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public void Check_MembershipWithEnd_IsExactToTheMicrosecond(long offset, bool allowed)
    {
        var snapshot = With([new("alice", "team", Now)], new RuleFact(1, "team", Viewer, "robots"));

        snapshot.Ask("alice", "read", "workloads", "robots", Now + offset).Allowed.Should().Be(allowed);
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("bot", true)]
    [InlineData("dora", false)]
    [InlineData("team", false)]
    [InlineData("everyone", true)]
    public void Check_RuleOfAllAuthenticated_CountsForUsersAndApplications(string subject, bool allowed)
        => With(new RuleFact(1, "everyone", Viewer, "east")).Ask(subject, "read", "workloads", "robots").Allowed.Should().Be(allowed);

    [Theory]
    [InlineData("alice", "read", "nothing", "robots", DecisionReason.UnknownResourceType)]
    [InlineData("nobody", "nothing", "nothing", "nowhere", DecisionReason.UnknownResourceType)]
    [InlineData("nobody", "nothing", "workloads", "nowhere", DecisionReason.UnknownAction)]
    [InlineData("nobody", "read", "workloads", "nowhere", DecisionReason.UnknownScope)]
    [InlineData("nobody", "read", "workloads", "robots", DecisionReason.UnknownSubject)]
    [InlineData("dora", "read", "workloads", "robots", DecisionReason.SubjectDisabled)]
    [InlineData("bob", "read", "workloads", "robots", DecisionReason.NoMatchingRule)]
    [InlineData("alice", "sync", "workloads", "robots", DecisionReason.NoMatchingRule)]
    [InlineData("alice", "*", "workloads", "robots", DecisionReason.UnknownAction)]
    [InlineData("alice", "read", "", "robots", DecisionReason.UnknownResourceType)]
    [InlineData("alice", "Read", "workloads", "robots", DecisionReason.UnknownAction)]
    [InlineData("Alice", "read", "workloads", "robots", DecisionReason.UnknownSubject)]
    [InlineData("alice", "read", "workloads", "robot", DecisionReason.UnknownScope)]
    public void Check_Denied_GivesTheFirstReason(string subject, string action, string resourceType, string scope, DecisionReason reason)
    {
        var snapshot = With(new RuleFact(1, "alice", SystemAdministrator, "1"), new RuleFact(2, "dora", SystemAdministrator, "1"));

        snapshot.Ask(subject, action, resourceType, scope).Should().Be(new Decision(reason, null));
    }

    [Fact]
    public void Check_RoleSwitchedOffAndOn_FollowsIt()
    {
        var viewer = Catalogue.Default.Roles.Single(role => role.Id == Viewer);
        var on = With(new RuleFact(1, "alice", Viewer, "1"));
        var off = on.Then(new RolePut(viewer with { Enabled = false }));

        off.Ask("alice", "read", "workloads", "robots").Reason.Should().Be(DecisionReason.NoMatchingRule);
        off.Then(new RolePut(viewer)).Ask("alice", "read", "workloads", "robots").Allowed.Should().BeTrue();
        on.Ask("alice", "read", "workloads", "robots").Allowed.Should().BeTrue();
    }

    /// <summary>Keys of rules have room for some 250 roles; those beyond must not be taken for others.</summary>
    [Fact]
    public void Check_VeryManyRoles_KeepsThemApart()
    {
        var roles = Enumerable.Range(0, 700).Select(i => new RoleFact(100_000 + i, $"Role {i}", "", true, [new("workloads", [i % 3 == 0 ? "read" : "update"])])).ToArray();
        var rules = Enumerable.Range(0, 700).Select(i => new RuleFact(i, $"u{i}", 100_000 + i, "vision"));
        var facts = new PolicyFacts(1, roles, Scopes, Enumerable.Range(0, 700).Select(i => User($"u{i}")), [], rules, []);
        var snapshot = PolicySnapshot.Build(Catalogue.Default, facts);

        for (var i = 0; i < 700; i++)
        {
            snapshot.Ask($"u{i}", "read", "workloads", "robots").Allowed.Should().Be(i % 3 == 0);
            snapshot.Ask($"u{i}", "update", "workloads", "robots").Allowed.Should().Be(i % 3 != 0);
        }
    }

    [Fact]
    public void Check_GroupsGiven_StandInForTheStoredOnes()
    {
        var snapshot = With([new("alice", "team")], new RuleFact(1, "team", Viewer, "robots"), new RuleFact(2, "others", Viewer, "radio"), new RuleFact(3, "bob", Viewer, "drones"));
        var (type, read) = (snapshot.Catalogue.FindResourceType("workloads"), snapshot.Catalogue.FindAction("read"));
        bool Ask(string subject, string scope, params string[] groups)
            => snapshot.Check(snapshot.FindSubject(subject), [.. groups.Select(snapshot.FindSubject)], type, read, snapshot.FindScope(scope), Now).Allowed;

        Ask("alice", "robots").Should().BeFalse();
        Ask("alice", "radio", "nobody", "others").Should().BeTrue();
        Ask("alice", "drones", "bob").Should().BeFalse("another user is no group");
        Ask("bot", "radio", "others").Should().BeFalse("applications have no groups");
    }

    [Fact]
    public void Check_HandlesOfAnotherSnapshot_AreUnknownAndNoError()
    {
        var large = With().Then([.. Enumerable.Range(0, 2_000).Select(i => new SubjectPut(User($"u{i}")))]);

        With().Check(large.FindSubject("u1999"), 0, 0, large.FindScope("robots"), Now).Reason.Should().Be(DecisionReason.UnknownSubject);
    }

    [Fact]
    public void Check_TreeOfSixteenLevels_InheritsFromTop()
    {
        var scopes = Enumerable.Range(0, 16).Select(i => new ScopeFact($"s{i}", i == 0 ? "tenant" : "unit", i == 0 ? null : $"s{i - 1}", $"S{i}")).ToArray();
        var facts = new PolicyFacts(1, Catalogue.Default.Roles, scopes, [User("alice")], [], [new RuleFact(1, "alice", Viewer, "s0")], []);
        var snapshot = PolicySnapshot.Build(Catalogue.Default, facts);

        snapshot.Ask("alice", "read", "workloads", "s15").Allowed.Should().BeTrue();
        var deeper = () => snapshot.Then(new ScopePut(new ScopeFact("s16", "unit", "s15", "S16")));
        deeper.Should().Throw<ArgumentException>();
        var deeperStill = () => PolicySnapshot.Build(Catalogue.Default, facts with { Scopes = [.. scopes, new ScopeFact("s16", "unit", "s15", "S16")] });
        deeperStill.Should().Throw<ArgumentException>();
    }
}
