using System.Diagnostics;
using System.Globalization;
using System.Text;
using RunAiRbac.Policy;

namespace RunAiRbac.Benchmarks.InProcess;

/// <summary>How time and memory grow from 10,000 rules to a million, as a table and as a chart.</summary>
internal static class GrowthReport
{
    private static readonly int[] Sizes = [10_000, 30_000, 100_000, 300_000, 1_000_000];

    private sealed record Point(int Rules, double Check, double Dictionary, double Change, double Build, double Memory);

    public static int Run(string? chart)
    {
        Console.WriteLine($"{"rules",12}{"check, ns",12}{"dictionary, ns",16}{"ratio",8}{"change, µs",12}{"build, ms",12}{"bytes/rule",12}");
        // The first round is the compiler's.
        Measure(World.Of(Sizes[0]));
        var points = new List<Point>();
        foreach (var rules in Sizes)
        {
            var point = Measure(World.Of(rules));
            points.Add(point);
            Console.WriteLine($"{rules,12:N0}{point.Check,12:N0}{point.Dictionary,16:N0}{point.Check / point.Dictionary,8:F2}{point.Change,12:N1}{point.Build,12:N0}{point.Memory,12:N0}");
        }

        if (chart is not null) File.WriteAllText(chart, Chart.Draw(points.ConvertAll(p => (double)p.Rules),
        [
            ("one check", points.ConvertAll(p => p.Check / points[0].Check)),
            ("the same by a dictionary", points.ConvertAll(p => p.Dictionary / points[0].Dictionary)),
            ("one change", points.ConvertAll(p => p.Change / points[0].Change)),
            ("building", points.ConvertAll(p => p.Build / points[0].Build)),
            ("memory", points.ConvertAll(p => p.Memory * p.Rules / (points[0].Memory * points[0].Rules))),
        ]));
        return 0;
    }

    private static Point Measure(World world)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        var snapshot = PolicySnapshot.Build(Catalogue.Default, world.Facts());
        var build = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)snapshot.RuleCount;
        var handles = Array.ConvertAll(world.Questions(snapshot, 32_768), question => question.Resolve(snapshot));
        var dictionary = new DictionaryCheck(snapshot, world);
        var actions = snapshot.Catalogue.Actions.Length;
        var (checks, plain) = (new List<double>(), new List<double>());
        // The first passes are the compiler's.
        for (var pass = 0; pass < 40; pass++)
        {
            for (var from = 0; from < handles.Length; from += 1_024)
            {
                var ours = Time(() => { for (var i = from; i < from + 1_024; i++) handles[i].Ask(snapshot); }) / 1_024;
                var theirs = Time(() => { for (var i = from; i < from + 1_024; i++) dictionary.Ask(handles[i], actions); }) / 1_024;
                if (pass < 8) continue;
                checks.Add(ours);
                plain.Add(theirs);
            }
        }

        var changes = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            PolicyChange[] put = [new RulePut(world.NewRule(100_000_000 + i))];
            PolicyChange[] end = [new RuleEnd(100_000_000 + i)];
            changes.Add(Time(() => snapshot = snapshot.Apply(snapshot.Revision + 1, put).Apply(snapshot.Revision + 2, end)) / 2_000);
        }

        return new Point(world.Rules.Length, Median(checks), Median(plain), Median(changes[500..]), build, memory);
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

/// <summary>A chart of factors over sizes, both axes logarithmic, as SVG.</summary>
internal static class Chart
{
    private const int Width = 720;
    private const int Height = 420;
    private const int Left = 60;
    private const int Right = 190;
    private const int Top = 20;
    private const int Bottom = 45;
    private static readonly string[] Colours = ["#1f6feb", "#9a6700", "#1a7f37", "#cf222e", "#8250df"];

    public static string Draw(IReadOnlyList<double> sizes, IReadOnlyList<(string Name, List<double> Factors)> lines)
    {
        var highest = Math.Ceiling(Math.Log10(lines.SelectMany(x => x.Factors).Max()));
        var (lowest, widest) = (Math.Log10(sizes[0]), Math.Log10(sizes[^1]));
        double X(double size) => Left + ((Math.Log10(size) - lowest) / (widest - lowest) * (Width - Left - Right));
        var floor = Math.Min(0, Math.Log10(lines.SelectMany(x => x.Factors).Min()));
        double Y(double factor) => Height - Bottom - ((Math.Log10(factor) - floor) / (highest - floor) * (Height - Top - Bottom));
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        for (var power = 0; power <= highest; power++)
        {
            var y = Y(Math.Pow(10, power));
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Width - Right}\" y2=\"{y:F1}\" stroke=\"#d0d7de\"/><text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">× {Math.Pow(10, power):N0}</text>");
        }

        foreach (var size in sizes)
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{X(size):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{size:N0}</text>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">rules</text>");
        var labels = lines.Select((line, i) => (line, i)).OrderBy(x => Y(x.line.Factors[^1])).ToList();
        var lastLabel = double.MinValue;
        foreach (var (line, i) in labels)
        {
            var points = string.Join(' ', line.Factors.Select((factor, at) => string.Create(CultureInfo.InvariantCulture, $"{X(sizes[at]):F1},{Y(factor):F1}")));
            lastLabel = Math.Max(Y(line.Factors[^1]) + 4, lastLabel + 15);
            svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colours[i]}\" stroke-width=\"2\"/>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 8}\" y=\"{lastLabel:F1}\" fill=\"{Colours[i]}\">{line.Name} (× {line.Factors[^1]:N1})</text>");
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }
}
