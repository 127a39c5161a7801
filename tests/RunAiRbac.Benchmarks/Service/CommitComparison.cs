using System.Globalization;
using System.Text.RegularExpressions;
using RunAiRbac.Benchmarks.Hosts;

namespace RunAiRbac.Benchmarks.Service;

/// <summary>
/// Builds two commits in work trees of their own and lets their benchmarks take turns. What is slower by half in the median, and in every run slower than the
/// other's slowest, is a slowdown; what lies nearer is noise.
/// </summary>
internal static partial class CommitComparison
{
    private const double Slower = 1.5;

    /// <summary>0: no slowdown; 1: one at least.</summary>
    public static int Run(string before, string after, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("runairbac-compare-").FullName;
        var trees = new[] { before, after }.Select((commit, i) => (Commit: commit, Path: Path.Combine(folder, i == 0 ? "before" : "after"))).ToArray();
        try
        {
            foreach (var (commit, path) in trees)
            {
                Programs.Run("git", ["worktree", "add", "--detach", "--force", path, commit]);
                Console.WriteLine($"Building {commit} …");
                Programs.Run("dotnet", ["build", "-c", "Release", "tests/RunAiRbac.Benchmarks", "-v", "q", "--nologo", "-p:RunAnalyzers=false", "-p:SkipAdminUi=true"], path);
            }

            var figures = new[] { new Dictionary<string, List<double>>(), new Dictionary<string, List<double>>() };
            for (var run = 0; run < runs; run++)
            {
                // The order alternates, so that a drift of the machine favours neither.
                foreach (var side in run % 2 == 0 ? new[] { 0, 1 } : [1, 0])
                {
                    Console.WriteLine($"Run {run + 1} of {runs}: {trees[side].Commit} …");
                    Read(Programs.Run("dotnet", ["artifacts/bin/RunAiRbac.Benchmarks/release/RunAiRbac.Benchmarks.dll", "inprocess", "W100k"], trees[side].Path), figures[side]);
                }
            }

            return Judge(figures[0], figures[1]);
        }
        finally
        {
            foreach (var (_, path) in trees.Where(x => Directory.Exists(x.Path))) Programs.Run("git", ["worktree", "remove", "--force", path]);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lines such as <c>W100k   check from handles, ns   201.3   265.0   340.2   0</c>: name, 5th percentile, median, …; or one figure alone.</summary>
    internal static void Read(string report, Dictionary<string, List<double>> figures)
    {
        foreach (Match line in Line().Matches(report))
        {
            var numbers = line.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(x => double.Parse(x, NumberStyles.Number, CultureInfo.InvariantCulture)).ToArray();
            // The plain dictionary is the yardstick, not ours.
            var name = line.Groups[1].Value.Trim();
            if (name.Contains("dictionary", StringComparison.Ordinal)) continue;
            if (!figures.TryGetValue(name, out var values)) figures[name] = values = [];
            values.Add(numbers.Length == 1 ? numbers[0] : numbers[1]);
        }
    }

    internal static int Judge(Dictionary<string, List<double>> before, Dictionary<string, List<double>> after)
    {
        Console.WriteLine($"{"",-38}{"before",12}{"after",12}{"factor",10}");
        var slowdowns = 0;
        foreach (var (name, old) in before)
        {
            if (!after.TryGetValue(name, out var now)) continue;
            var factor = Median(now) / Median(old);
            var isSlower = factor > Slower && now.Min() > old.Max();
            slowdowns += isSlower ? 1 : 0;
            Console.WriteLine($"{name,-38}{Median(old),12:N1}{Median(now),12:N1}{factor,10:F2}{(isSlower ? "  SLOWER" : "")}");
        }

        if (before.Count == 0 || slowdowns > 0) return 1;
        Console.WriteLine("No slowdown beyond noise.");
        return 0;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    [GeneratedRegex(@"^W\S+\s+(\D[^\n]*?)\s{2,}([\d.,]+(?:\s+[\d.,]+)*)\s*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
