using System.Diagnostics;
using System.Runtime;
using RunAiRbac.Policy;

namespace RunAiRbac.Benchmarks.InProcess;

/// <summary>The engine's figures in one short table: medians over many batches, each of distinct random questions.</summary>
internal static class InProcessReport
{
    private const int Questions = 32_768;
    private const int Batch = 1_024;
    private const int StringBatch = 128;
    private const int Changes = 2_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TimePerWorld = TimeSpan.FromSeconds(8);

    public static int Run(string[] worlds)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, server GC {GCSettings.IsServerGC}, .NET {Environment.Version}");
        Console.WriteLine($"{"world",-8}{"figure",-38}{"p5",12}{"median",12}{"p95",12}{"bytes",10}");
        if (worlds.Length == 0 || worlds.Contains("W100k", StringComparer.OrdinalIgnoreCase)) Report(World.W100k());
        if (worlds.Length == 0 || worlds.Contains("W1M", StringComparer.OrdinalIgnoreCase)) Report(World.W1M());
        return 0;
    }

    private static void Report(World world)
    {
        var (snapshot, build) = Build(world);
        var questions = world.Questions(snapshot, Questions);
        var handles = Array.ConvertAll(questions, question => question.Resolve(snapshot));
        var dictionary = new DictionaryCheck(snapshot, world);
        var actions = snapshot.Catalogue.Actions.Length;
        var fresh = new Question[StringBatch];
        Series[] series =
        [
            new("check from handles, ns", Batch, i => handles[i].Ask(snapshot).Allowed, _ => { }),
            // A request's strings have just been read: fresh copies of each batch's, made outside the time.
            new(
                "check from strings, ns",
                StringBatch,
                i => fresh[i & (StringBatch - 1)].Resolve(snapshot).Ask(snapshot).Allowed,
                from => Array.ConvertAll(questions[from..(from + StringBatch)], question => question.Copy()).CopyTo(fresh, 0)),
            new("the same by a plain dictionary, ns", Batch, i => dictionary.Ask(handles[i], actions), _ => { }),
        ];
        Measure(series);
        foreach (var one in series) Print(world, one.Name, new Figure(one.Times, one.Bytes));
        Print(world, "rule put + rule end, ns", RulePutAndEnd(world, snapshot));
        Console.WriteLine($"{world.Name,-8}{"build, ms",-38}{build.TotalMilliseconds,24:N0}");
        Console.WriteLine($"{world.Name,-8}{"memory per rule, bytes",-38}{MemoryPerRule(world.Name),24:N0}");
    }

    private static (PolicySnapshot Snapshot, TimeSpan Time) Build(World world)
    {
        var facts = world.Facts();
        PolicySnapshot.Build(Catalogue.Default, facts);
        var watch = Stopwatch.StartNew();
        return (PolicySnapshot.Build(Catalogue.Default, facts), watch.Elapsed);
    }

    /// <summary>The heap that a snapshot holds once its facts are gone, over its rules.</summary>
    private static double MemoryPerRule(string name)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var snapshot = BuildAlone(name);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        var rules = snapshot.RuleCount;
        GC.KeepAlive(snapshot);
        return (after - before) / (double)rules;

        static PolicySnapshot BuildAlone(string name) => PolicySnapshot.Build(Catalogue.Default, (name == "W1M" ? World.W1M() : World.W100k()).Facts());
    }

    /// <summary>Takes turns, pass by pass, so that whatever else the machine does hits all alike.</summary>
    private static void Measure(Series[] series)
    {
        var watch = Stopwatch.StartNew();
        var warm = false;
        while (watch.Elapsed < WarmUp + TimePerWorld)
        {
            // The runtime compiles in tiers: what came before they were reached does not count.
            if (!warm && watch.Elapsed > WarmUp)
            {
                warm = true;
                foreach (var one in series) one.Times.Clear();
            }

            foreach (var one in series) one.Pass();
        }
    }

    private static Figure RulePutAndEnd(World world, PolicySnapshot snapshot)
    {
        var times = new List<double>();
        var bytes = 0L;
        for (var i = 0; i < Changes; i++)
        {
            PolicyChange[] put = [new RulePut(world.NewRule(10_000_000 + i))];
            PolicyChange[] end = [new RuleEnd(10_000_000 + i)];
            var startBytes = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            snapshot = snapshot.Apply(snapshot.Revision + 1, put);
            snapshot = snapshot.Apply(snapshot.Revision + 1, end);
            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            bytes += GC.GetAllocatedBytesForCurrentThread() - startBytes;
        }

        return new Figure(times[(Changes / 4)..], bytes / (double)Changes);
    }

    private static void Print(World world, string what, Figure figure)
    {
        var sorted = figure.Times.Order().ToArray();
        Console.WriteLine($"{world.Name,-8}{what,-38}{sorted[sorted.Length / 20],12:N1}{sorted[sorted.Length / 2],12:N1}{sorted[sorted.Length * 95 / 100],12:N1}{figure.Bytes,10:N0}");
    }

    private sealed record Figure(List<double> Times, double Bytes);

    private sealed class Series(string name, int batch, Func<int, bool> ask, Action<int> prepare)
    {
        public string Name { get; } = name;

        public List<double> Times { get; } = [];

        /// <summary>Bytes allocated by one check.</summary>
        public double Bytes { get; private set; }

        public int Allowed { get; private set; }

        public void Pass()
        {
            for (var from = 0; from < Questions; from += batch)
            {
                prepare(from);
                var startBytes = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                for (var i = from; i < from + batch; i++) Allowed += ask(i) ? 1 : 0;
                Times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / batch);
                Bytes = (GC.GetAllocatedBytesForCurrentThread() - startBytes) / (double)batch;
            }
        }
    }
}
