using static RunAiRbac.Policy.Tests.Worlds;

namespace RunAiRbac.Policy.Tests;

/// <summary>What things cost, in bytes allocated: exact where time is not.</summary>
public class CostTests
{
    private const int FewKilobytes = 16_384;

    private static readonly Lazy<PolicySnapshot> Few = new(() => Large(10_000));
    private static readonly Lazy<PolicySnapshot> Many = new(() => Large(100_000));

    [Fact]
    public void Check_FromHandlesAndFromStrings_AllocatesNothing()
    {
        var snapshot = Few.Value.Then(new MembershipPut(new MembershipFact("alice", "team", Now + 1)));
        var (subject, scope) = (snapshot.FindSubject("alice"), snapshot.FindScope("robots"));
        SubjectRef[] groups = [snapshot.FindSubject("team")];
        void FromHandles()
        {
            snapshot.Check(subject, 0, 1, scope, Now);
            snapshot.Check(subject, groups, 0, 1, scope, Now);
        }

        void FromStrings()
        {
            var found = snapshot.FindSubject(SubjectKind.User, "alice@acme.example");
            snapshot.Check(found, snapshot.Catalogue.FindResourceType("workloads"), snapshot.Catalogue.FindAction("read"), snapshot.FindScope("project", "robots"), Now);
            snapshot.Ask("bot", "read", "workloads", "s77");
            snapshot.IsSessionLive("alice", 0, "ended");
        }

        Allocated(FromHandles).Should().Be(0);
        Allocated(FromStrings).Should().Be(0);
    }

    [Fact]
    public void Check_ApplicationWithVeryManyRules_FindsEachAndNoOther()
    {
        var snapshot = Few.Value;
        for (var i = 0; i < 10_000; i += 37) snapshot.Ask("bot", "read", "workloads", $"s{i}").Rule!.Id.Should().Be(2 * i);
        snapshot.Ask("bot", "read", "workloads", "robots").Allowed.Should().BeFalse();

        var without = snapshot.Then([.. Enumerable.Range(0, 9_950).Select(i => new RuleEnd(2 * i))]);
        without.Ask("bot", "read", "workloads", "s9949").Allowed.Should().BeFalse();
        without.Ask("bot", "read", "workloads", "s9950").Allowed.Should().BeTrue();
        without.RulesOf(without.FindSubject("bot")).Should().HaveCount(50);
        snapshot.Ask("bot", "read", "workloads", "s0").Allowed.Should().BeTrue();
    }

    [Fact]
    public void Check_OfAUserInVeryManyGroups_AllocatesNothing()
    {
        var groups = Enumerable.Range(0, 500).Select(i => new SubjectFact($"g{i}", SubjectKind.Group, $"g{i}", $"g{i}")).ToArray();
        var snapshot = PolicySnapshot.Build(Catalogue.Default, new PolicyFacts(
            1, Catalogue.Default.Roles, Scopes, [.. Subjects, .. groups], groups.Select(group => new MembershipFact("alice", group.Id)),
            groups[..499].Select((group, i) => new RuleFact(i, group.Id, Viewer, "vision")).Append(new RuleFact(499, "g499", Viewer, "robots")), []));
        var (subject, type, read) = (snapshot.FindSubject("alice"), snapshot.Catalogue.FindResourceType("workloads"), snapshot.Catalogue.FindAction("read"));
        var (here, elsewhere) = (snapshot.FindScope("robots"), snapshot.FindScope("1"));

        snapshot.Check(subject, type, read, here, Now).Allowed.Should().BeTrue();
        Allocated(() =>
        {
            snapshot.Check(subject, type, read, here, Now);
            snapshot.Check(subject, type, read, elsewhere, Now);
        }).Should().Be(0);
    }

    public static TheoryData<string> Changes => ["application", "tenant", "member", "scope", "subject"];

    /// <summary>One principal with very many rules, one scope with very many, a group with very many members: ten times as many, and a change costs hardly more.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void Apply_OneChange_CostsAFewKilobytesHoweverManyThereAre(string kind)
    {
        var few = CostOf(Few.Value, kind);
        var many = CostOf(Many.Value, kind);

        few.Should().BeLessThan(FewKilobytes);
        many.Should().BeLessThan(FewKilobytes);
        many.Should().BeLessThan(few + few);
    }

    [Fact]
    public void Policy_References_OnlySystem()
        => typeof(PolicySnapshot).Assembly.GetReferencedAssemblies().Should().OnlyContain(assembly => assembly.Name!.StartsWith("System.", StringComparison.Ordinal));

    private static long CostOf(PolicySnapshot snapshot, string kind)
    {
        (PolicyChange Put, PolicyChange End) change = kind switch
        {
            "application" => (new RulePut(new RuleFact(-1, "bot", Viewer, "robots")), new RuleEnd(-1)),
            "tenant" => (new RulePut(new RuleFact(-1, "alice", Viewer, "1")), new RuleEnd(-1)),
            "member" => (new MembershipPut(new MembershipFact("alice", "team")), new MembershipEnd("alice", "team")),
            "scope" => (new ScopePut(new ScopeFact("new", "project", "vision", "New")), new ScopeEnd("new")),
            _ => (new SubjectPut(User("eve")), new SubjectEnd("eve")),
        };
        var after = snapshot;
        var put = Allocated(() => after = snapshot.Apply(2, [change.Put]));
        var end = Allocated(() => after.Apply(3, [change.End]));
        return Math.Max(put, end);
    }

    /// <summary>So many rules of one application, each at a scope of its own; so many rules at the tenant; so many members of one group.</summary>
    private static PolicySnapshot Large(int count)
    {
        var scopes = Enumerable.Range(0, count).Select(i => new ScopeFact($"s{i}", "project", "vision", $"S{i}"));
        var users = Enumerable.Range(0, count).Select(i => User($"u{i}")).ToArray();
        var rules = Enumerable.Range(0, count).SelectMany(i => new RuleFact[] { new(2 * i, "bot", Viewer, $"s{i}"), new((2 * i) + 1, $"u{i}", Viewer, "1") });
        var memberships = users.Select(user => new MembershipFact(user.Id, "team"));
        return PolicySnapshot.Build(
            Catalogue.Default, new PolicyFacts(1, Catalogue.Default.Roles, [.. Scopes, .. scopes], [.. Subjects, .. users], memberships, rules, [new EndedSession("ended", Now)]));
    }

    /// <summary>Bytes allocated by the action once it has run before.</summary>
    private static long Allocated(Action action)
    {
        for (var i = 0; i < 3; i++) action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
