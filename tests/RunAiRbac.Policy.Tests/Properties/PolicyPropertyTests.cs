using System.Globalization;
using RunAiRbac.Policy.Tests.Reference;

namespace RunAiRbac.Policy.Tests.Properties;

/// <summary>
/// Random worlds and random changes: the engine against the reference. <c>RUNAIRBAC_SEED</c> sets the first seed (a failure prints its own),
/// <c>RUNAIRBAC_WORLDS</c> the number of worlds.
/// </summary>
public class PolicyPropertyTests
{
    private const int Steps = 5;

    private static readonly string[] SubjectIds = ["u0", "u1", "u2", "u3", "g0", "g1", "g2", "a0", "a1", "all", "nobody", ""];

    [Fact]
    public void Engine_RandomWorldsAndChanges_AgreesWithReference() => Run(Setting("RUNAIRBAC_WORLDS", 10_000), size: 0);

    /// <summary>Fewer, but with enough scopes and rules for trees of several levels.</summary>
    [Fact]
    public void Engine_LargerWorldsAndChanges_AgreesWithReference() => Run(Math.Min(Setting("RUNAIRBAC_WORLDS", 10_000), 24), size: 24);

    private static void Run(int worlds, int size)
    {
        var first = Setting("RUNAIRBAC_SEED", Random.Shared.Next());
        Parallel.For(0, worlds, i =>
        {
            var seed = unchecked(first + i);
            try
            {
                RunWorld(new RandomWorld(seed, size));
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Seed {seed} (RUNAIRBAC_SEED={seed} RUNAIRBAC_WORLDS=1): {problem.Message}", problem);
            }
        });
    }

    private static void RunWorld(RandomWorld world)
    {
        var reference = world.Facts();
        var snapshot = Fresh(world, reference, 1);
        // Another tenant, with the same ids: it must not notice anything.
        var otherFacts = world.Facts();
        var other = Fresh(world, otherFacts, 1);
        var history = new List<(PolicySnapshot Snapshot, ReferencePolicy Facts)> { (snapshot, reference) };
        for (var step = 0; step < Steps; step++)
        {
            Agreement.OnRandomQuestions(snapshot, reference, world);
            (snapshot, reference) = Step(snapshot, reference, world);
            history.Add((snapshot, reference));
        }

        Agreement.OnRandomQuestions(snapshot, reference, world);
        var fresh = Fresh(world, reference, snapshot.Revision);
        Agreement.OnRandomQuestions(fresh, reference, world);
        Agreement.Same("fresh", Dump(fresh, world), Agreement.Dump(reference, SubjectIds, world.ScopeIds));
        foreach (var (old, facts) in new[] { history[0], world.Pick(history), history[^1] }) Agreement.Same($"revision {old.Revision}", Dump(old, world), Agreement.Dump(facts, SubjectIds, world.ScopeIds));
        Agreement.OnRandomQuestions(history[0].Snapshot, history[0].Facts, world);
        Agreement.OnRandomQuestions(other, otherFacts, world);
        Agreement.Same("other tenant", Dump(other, world), Agreement.Dump(otherFacts, SubjectIds, world.ScopeIds));
        AddingARuleNeverTakes(snapshot, reference, world);
    }

    /// <summary>Up to three changes in one revision: all of them, or none when one does not fit.</summary>
    private static (PolicySnapshot Snapshot, ReferencePolicy Facts) Step(PolicySnapshot snapshot, ReferencePolicy reference, RandomWorld world)
    {
        var changes = new List<PolicyChange>();
        var after = reference.Copy();
        var fits = true;
        for (var i = world.Pick<int>([1, 1, 2, 3]); i > 0 && fits; i--)
        {
            var change = world.Change(after);
            fits = after.TryApply(change);
            // Most that do not fit are passed over, so that there is some progress.
            if (!fits && !world.Chance(4)) fits = true;
            else changes.Add(change);
        }

        try
        {
            var next = snapshot.Apply(snapshot.Revision + 1, changes);
            return fits ? (next, after) : throw new InvalidOperationException($"A change that does not fit was taken: {changes[^1]}");
        }
        catch (ArgumentException) when (!fits)
        {
            return (snapshot, reference);
        }
    }

    private static void AddingARuleNeverTakes(PolicySnapshot snapshot, ReferencePolicy reference, RandomWorld world)
    {
        var rule = world.Rule(reference) with { Id = 5_000 };
        if (!reference.Copy().TryApply(new RulePut(rule))) return;
        var more = snapshot.Apply(snapshot.Revision + 1, [new RulePut(rule)]);
        for (var i = 0; i < 20; i++)
        {
            var (subject, scope, now) = (world.SubjectId(), world.ScopeId(), world.Now());
            var (type, action) = (snapshot.Catalogue.FindResourceType(world.ResourceType()), snapshot.Catalogue.FindAction(world.Action()));
            var before = snapshot.Check(snapshot.FindSubject(subject), type, action, snapshot.FindScope(scope), now).Allowed;
            var after = more.Check(more.FindSubject(subject), type, action, more.FindScope(scope), now).Allowed;
            if (before && !after) throw new InvalidOperationException($"{rule} took {type} {action} in {scope} from {subject} at {now}");
        }
    }

    private static PolicySnapshot Fresh(RandomWorld world, ReferencePolicy facts, long revision) => PolicySnapshot.Build(
        world.Catalogue,
        new PolicyFacts(
            revision,
            world.Shuffled(facts.Roles),
            world.Shuffled(facts.Scopes),
            world.Shuffled(facts.Subjects),
            world.Shuffled(facts.Memberships),
            world.Shuffled(facts.Rules),
            world.Shuffled(facts.EndedSessions)),
        world.Limit);

    private static string Dump(PolicySnapshot snapshot, RandomWorld world) => Agreement.Dump(snapshot, SubjectIds, world.ScopeIds);

    private static int Setting(string name, int otherwise)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
