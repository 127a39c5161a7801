using System.Globalization;
using RunAiRbac.Policy.Tests.Reference;
using static RunAiRbac.Policy.Tests.Worlds;

namespace RunAiRbac.Policy.Tests.Properties;

/// <summary>What a change gives and takes: examples, and random worlds against all checks of the reference. Settings as in <see cref="PolicyPropertyTests"/>.</summary>
public class DifferenceTests
{
    private const int Changes = 6;

    private static readonly string[] SubjectIds = ["u0", "u1", "u2", "u3", "g0", "g1", "g2", "a0", "a1", "all", "nobody", ""];

    [Fact]
    public void Difference_RandomWorldsAndChanges_IsWhatChecksAnswerDifferently()
    {
        var first = Setting("RUNAIRBAC_SEED", Random.Shared.Next());
        Parallel.For(0, Math.Min(Setting("RUNAIRBAC_WORLDS", 10_000), 400), i =>
        {
            var seed = unchecked(first + i);
            try
            {
                RunWorld(new RandomWorld(seed));
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Seed {seed} (RUNAIRBAC_SEED={seed} RUNAIRBAC_WORLDS=1): {problem.Message}", problem);
            }
        });
    }

    [Fact]
    public void Difference_RuleAboveOneThatIsHeld_IsGainedAtTheHigherScopeOnly()
    {
        var before = With(new RuleFact(1, "alice", Viewer, "robots"));
        var after = before.Then(new RulePut(new RuleFact(2, "alice", Viewer, "vision")));

        var difference = PolicySnapshot.Difference(before, after, "alice", Now);
        difference.Gained.Should().NotBeEmpty().And.OnlyContain(x => after.Scope(x.Scope).Id == "vision");
        difference.Lost.Should().BeEmpty();

        var back = PolicySnapshot.Difference(after, before, "alice", Now);
        back.Gained.Should().BeEmpty();
        back.Lost.Select(x => (x.ResourceType, string.Join(',', x.Actions))).Should().Equal(difference.Gained.Select(x => (x.ResourceType, string.Join(',', x.Actions))));
    }

    [Fact]
    public void Difference_RuleBelowOneThatIsHeld_IsOnlyWhatTheHigherLacks()
    {
        var before = With(new RuleFact(1, "alice", Viewer, "east"));
        var after = before.Then(new RulePut(new RuleFact(2, "alice", L1Researcher, "robots")), new RulePut(new RuleFact(3, "alice", Viewer, "robots")));

        var difference = PolicySnapshot.Difference(before, after, "alice", Now);

        var workloads = Catalogue.Default.FindResourceType("workloads");
        difference.Gained.Single(x => x.ResourceType == workloads).Actions.Should().NotContain(Catalogue.Default.FindAction("read")).And.Contain(Catalogue.Default.FindAction("create"));
        difference.Gained.Should().OnlyContain(x => after.Scope(x.Scope).Id == "robots");
    }

    [Fact]
    public void Difference_ThroughAGroup_IsTheGroupsAndItsMembersUnlessTheyHoldItAnyway()
    {
        var before = With([new("alice", "team"), new("bob", "team", Now)], new RuleFact(1, "alice", SystemAdministrator, "1"));
        var after = before.Then(new RulePut(new RuleFact(2, "team", Viewer, "east")));

        PolicySnapshot.Difference(before, after, "team", Now).Gained.Should().NotBeEmpty();
        PolicySnapshot.Difference(before, after, "alice", Now).Gained.Should().BeEmpty();
        PolicySnapshot.Difference(before, after, "bob", Now).Gained.Should().BeEmpty("the membership has ended");
        PolicySnapshot.Difference(before, after, "bob", Now - 1).Gained.Should().NotBeEmpty();
    }

    [Fact]
    public void Difference_FutureRuleOrDisabledSubject_IsNothingNow()
    {
        var before = With();
        var after = before.Then(new RulePut(new RuleFact(1, "alice", Viewer, "east", NotBefore: Now + 1)), new RulePut(new RuleFact(2, "dora", Viewer, "east")));

        PolicySnapshot.Difference(before, after, "alice", Now).Gained.Should().BeEmpty();
        PolicySnapshot.Difference(before, after, "alice", Now + 1).Gained.Should().NotBeEmpty();
        PolicySnapshot.Difference(before, after, "dora", Now).Gained.Should().BeEmpty();
    }

    private static void RunWorld(RandomWorld world)
    {
        var facts = world.Facts();
        var snapshot = PolicySnapshot.Build(world.Catalogue, facts.ToFacts(1), world.Limit);
        var history = new List<(PolicySnapshot Snapshot, ReferencePolicy Facts)> { (snapshot, facts) };
        for (var i = 0; i < Changes; i++)
        {
            facts = facts.Copy();
            var change = world.Change(facts);
            if (!facts.TryApply(change)) continue;
            snapshot = snapshot.Apply(snapshot.Revision + 1, [change]);
            history.Add((snapshot, facts));
        }

        for (var i = 0; i < 4; i++) Compare(world.Pick(history), history[^1], world);
        Compare(history[^1], world.Pick(history), world);
    }

    private static void Compare((PolicySnapshot Snapshot, ReferencePolicy Facts) before, (PolicySnapshot Snapshot, ReferencePolicy Facts) after, RandomWorld world)
    {
        var (subject, now) = (world.Pick(SubjectIds), world.Now());
        // The whole catalogue against the reference takes seconds.
        if (!ReferenceEquals(world.Catalogue, RandomWorld.Tiny)) return;
        // It is for states of one tree.
        if (!before.Facts.Scopes.SequenceEqual(after.Facts.Scopes)) return;
        var difference = PolicySnapshot.Difference(before.Snapshot, after.Snapshot, subject, now);
        var what = $"{subject} from {before.Snapshot.Revision} to {after.Snapshot.Revision} at {now}";
        Agreement.Same("gained by " + what, Text(after.Snapshot, difference.Gained), Text(ReferencePolicy.Gained(before.Facts, after.Facts, subject, now)));
        Agreement.Same("lost by " + what, Text(before.Snapshot, difference.Lost), Text(ReferencePolicy.Gained(after.Facts, before.Facts, subject, now)));
    }

    private static string Text(PolicySnapshot snapshot, IReadOnlyList<PermissionDifference> entries)
    {
        entries.Select(x => (x.Scope, x.ResourceType)).Should().OnlyHaveUniqueItems();
        entries.Should().NotContain(x => x.Actions.Count == 0);
        return Text([.. entries.SelectMany(x => x.Actions, (x, action) => (snapshot.Scope(x.Scope).Id, snapshot.Catalogue.ResourceTypes[x.ResourceType].Name, snapshot.Catalogue.Actions[action]))]);
    }

    private static string Text(IEnumerable<(string ScopeId, string ResourceType, string Action)> entries)
        => string.Join(';', entries.Select(x => $"{x.ScopeId} {x.ResourceType} {x.Action}").Order(StringComparer.Ordinal));

    private static int Setting(string name, int otherwise)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
