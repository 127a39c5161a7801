using System.Diagnostics;
using RunAiRbac.Policy;

namespace RunAiRbac.Benchmarks.InProcess;

/// <summary>One check by how it is decided and by how many groups the subject is in: median and 99th percentile of single checks, and bytes.</summary>
internal static class MatrixReport
{
    private const int Special = 200;
    private const int RulesEach = 7;
    private const int Questions = 2_048;
    private const int Passes = 24;
    private static readonly int[] GroupCounts = [1, 5, 500];

    private enum By
    {
        Direct,
        Group,
        Inheritance,
        Denied,
    }

    public static int Run(string[] worlds)
    {
        Console.WriteLine($"{"world",-8}{"decided by",-14}{"groups",8}{"median ns",12}{"p99 ns",12}{"bytes",8}   (p99 of checks timed one by one; the timer itself takes {TimerCost():N0} ns of it)");
        foreach (var name in worlds.Length == 0 ? ["W100k", "W1M"] : worlds) Report(World.Named(name));
        return 0;
    }

    private static void Report(World world)
    {
        var random = new Random(11);
        var few = Users("one-group", 1_000_000_000);
        var many = Users("many-groups", 1_100_000_000);
        var rules = few.Concat(many).SelectMany((user, at) => Enumerable.Range(0, RulesEach).Select(i => new RuleFact(
            100_000_000 + (at * RulesEach) + i, user.Id, World.Roles[random.Next(World.Roles.Count)], world.Scopes[random.Next(world.Scopes.Length)].Id)))
            .DistinctBy(rule => (rule.SubjectId, rule.RoleId, rule.ScopeId)).ToArray();
        var memberships = few.SelectMany(user => Memberships(world, user, 1, random)).Concat(many.SelectMany(user => Memberships(world, user, 500, random)));
        var facts = world.Facts();
        var snapshot = PolicySnapshot.Build(
            Catalogue.Default, facts with { Subjects = [.. facts.Subjects, .. few, .. many], Rules = facts.Rules.Concat(rules), Memberships = facts.Memberships.Concat(memberships) });
        var cells = from way in Enum.GetValues<By>()
                    from groups in GroupCounts
                    let users = groups switch { 1 => few, 5 => world.Users, _ => many }
                    select new Cell(way, groups, Draw(snapshot, world, users, way, random));
        var all = cells.ToList();
        foreach (var cell in all) cell.Pass(snapshot);
        foreach (var cell in all) cell.Clear();
        for (var pass = 0; pass < Passes; pass++)
        {
            foreach (var cell in all) cell.Pass(snapshot);
        }

        foreach (var cell in all) cell.Print(world.Name);
    }

    private static SubjectFact[] Users(string what, int from)
        => [.. Enumerable.Range(0, Special).Select(i => new SubjectFact(new Guid(from + i, 0, 0, new byte[8]).ToString(), SubjectKind.User, $"{what}-{i}@example.org", $"{what}-{i}@example.org"))];

    private static IEnumerable<MembershipFact> Memberships(World world, SubjectFact user, int count, Random random)
    {
        var start = random.Next(world.Groups.Length);
        return Enumerable.Range(0, count).Select(i => new MembershipFact(user.Id, world.Groups[(start + i) % world.Groups.Length].Id));
    }

    /// <summary>Random questions about these users whose decision rests on such a rule, or on none. With one group or five, one that a group's rule allows is rare: it is looked for at the rules' own scopes.</summary>
    private static Handles[] Draw(PolicySnapshot snapshot, World world, SubjectFact[] users, By way, Random random)
    {
        var found = new List<Handles>(Questions);
        for (var tries = 0; found.Count < Questions && tries < 4_000_000; tries++)
        {
            var subject = snapshot.FindSubject(users[random.Next(users.Length)].Id);
            var scope = way is By.Direct or By.Group ? ScopeOfARule(snapshot, subject, way, random) : snapshot.FindScope(world.Scopes[random.Next(world.Scopes.Length)].Id);
            if (!scope.IsKnown) continue;
            var question = new Handles(subject, random.Next(snapshot.Catalogue.ResourceTypes.Length), random.Next(4), scope);
            if (Kind(question, question.Ask(snapshot)) == way) found.Add(question);
        }

        return found.Count > 0 ? [.. Enumerable.Range(0, Questions).Select(i => found[i % found.Count])] : [];
    }

    private static ScopeRef ScopeOfARule(PolicySnapshot snapshot, SubjectRef subject, By way, Random random)
    {
        var principal = subject;
        if (way == By.Group)
        {
            var groups = snapshot.GroupsOf(subject).ToList();
            principal = groups[random.Next(groups.Count)].Group;
        }

        var rules = snapshot.RulesOf(principal).ToList();
        return rules.Count == 0 ? default : rules[random.Next(rules.Count)].Scope;
    }

    private static By Kind(Handles question, Decision decision)
    {
        if (decision.Rule is not { } rule) return By.Denied;
        if (rule.Scope != question.Scope) return By.Inheritance;
        return rule.Subject == question.Subject ? By.Direct : By.Group;
    }

    /// <summary>Finer than the ticks of a TimeSpan.</summary>
    private static double Nanoseconds(long since) => (Stopwatch.GetTimestamp() - since) * (1e9 / Stopwatch.Frequency);

    private static double TimerCost()
    {
        var times = new double[10_000];
        for (var i = 0; i < times.Length; i++) times[i] = Nanoseconds(Stopwatch.GetTimestamp());
        Array.Sort(times);
        return times[times.Length / 2];
    }

    private sealed class Cell(By way, int groups, Handles[] questions)
    {
        private const int Batch = 128;
        private readonly List<double> _batches = [];
        private readonly List<double> _singles = [];
        private double _bytes;

        public void Clear()
        {
            _batches.Clear();
            _singles.Clear();
        }

        public void Pass(PolicySnapshot snapshot)
        {
            for (var from = 0; from < questions.Length; from += Batch)
            {
                var bytes = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                for (var i = from; i < from + Batch; i++) questions[i].Ask(snapshot);
                var time = Nanoseconds(start) / Batch;
                _bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)Batch;
                _batches.Add(time);
            }

            foreach (var question in questions)
            {
                var start = Stopwatch.GetTimestamp();
                question.Ask(snapshot);
                _singles.Add(Nanoseconds(start));
            }
        }

        public void Print(string world)
        {
            if (questions.Length == 0)
            {
                Console.WriteLine($"{world,-8}{way,-14}{groups,8}   there are no such checks");
                return;
            }

            _batches.Sort();
            _singles.Sort();
            Console.WriteLine($"{world,-8}{way,-14}{groups,8}{_batches[_batches.Count / 2],12:N0}{_singles[(int)(_singles.Count * 0.99)],12:N0}{_bytes,8:N0}");
        }
    }
}
