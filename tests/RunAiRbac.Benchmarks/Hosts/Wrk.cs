using System.Globalization;
using System.Text.RegularExpressions;

namespace RunAiRbac.Benchmarks.Hosts;

/// <summary>What wrk measured. Latencies as it prints them.</summary>
internal sealed record Load(double Rate, string Median, string P99);

/// <summary>Debian's wrk, which sends one request again and again over many connections.</summary>
internal static partial class Wrk
{
    /// <summary>Writes a script for it; <paramref name="pauses"/>: the milliseconds that a connection waits between two requests, in turn.</summary>
    public static string WriteScript(string folder, string name, string token, string body, int[]? pauses = null)
    {
        var script = $"wrk.method = \"POST\"\nwrk.body = '{body}'\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.headers[\"Authorization\"] = \"Bearer {token}\"\n";
        if (pauses is not null) script += $"local pauses = {{{string.Join(',', pauses)}}}\nlocal turn = 0\nfunction delay() turn = turn % #pauses + 1; return pauses[turn] end\n";
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, script);
        return path;
    }

    public static Load Run(string url, string script, double seconds, int connections = 32)
    {
        var output = Programs.Run("wrk", ["-t", "1", "-c", $"{connections}", "-d", $"{Math.Max(1, (int)seconds)}s", "--latency", "-s", script, url]);
        if (output.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException("Not every answer was a success:\n" + output);
        return new Load(double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), Median().Match(output).Groups[1].Value, P99().Match(output).Groups[1].Value);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"50%\s+(\S+)")]
    private static partial Regex Median();

    [GeneratedRegex(@"99%\s+(\S+)")]
    private static partial Regex P99();
}
