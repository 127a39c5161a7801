using System.Globalization;
using BenchmarkDotNet.Running;
using RunAiRbac.Benchmarks;
using RunAiRbac.Benchmarks.InProcess;
using RunAiRbac.Benchmarks.Service;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args.FirstOrDefault())
{
    case "inprocess":
        return InProcessReport.Run(args[1..]);
    case "matrix":
        return MatrixReport.Run(args[1..]);
    case "growth":
        return GrowthReport.Run(args.ElementAtOrDefault(1));
    case "bdn":
        BenchmarkSwitcher.FromAssembly(typeof(InProcessReport).Assembly).Run(args[1..]);
        return 0;
    case "bare":
        BareHost.Run(args[1]);
        return 0;
    case "http":
        await HttpComparison.RunAsync(pairs: Number(1, 9), secondsEach: Number(2, 5));
        return 0;
    case "sql":
        await SqlComparison.RunAsync(args.ElementAtOrDefault(1) ?? "W100k");
        return 0;
    case "writes":
        await WritesReport.RunAsync(args.ElementAtOrDefault(1) ?? "W100k", args[Math.Min(2, args.Length)..]);
        return 0;
    case "scale":
        await ScaleReport.RunAsync(args.ElementAtOrDefault(1) ?? "W1M");
        return 0;
    case "tenants":
        await ScaleReport.RunTenantsAsync();
        return 0;
    case "soak":
        return await Soak.RunAsync(double.Parse(args.ElementAtOrDefault(1) ?? "10", CultureInfo.InvariantCulture));
    case "compare" when args.Length >= 3:
        return CommitComparison.Run(args[1], args[2], runs: Number(3, 5));
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/RunAiRbac.Benchmarks -- <command>
              inprocess [W100k] [W1M]   checks, building and changes of the engine (both worlds unless one is named)
              matrix [W100k] [W1M]      checks by how they are decided and by the number of groups
              growth [chart.svg]        from 10,000 rules to a million
              http [pairs] [seconds]    /authorize over HTTP against a bare host, batches, and latency at half load, with wrk (Debian's package)
              sql [W100k|W1M]           the same checks by the engine, the service, and an SQL query on both databases
              writes [W100k|W1M] [Sqlite] [PostgreSql]
                                        rules created and ended through the API
              scale [W100k|W1M]         start, memory and lists on PostgreSQL
              tenants                   1,000 tenants of 1,000 rules in one process
              soak [minutes]            full load; fails when memory grows
              compare <commit> <commit> [runs]
                                        builds both in work trees and fails on a 1.5-fold slowdown of the second beyond noise
              bdn [arguments]           the BenchmarkDotNet classes, for example: bdn --filter '*'
            """);
        return 2;
}

int Number(int at, int otherwise) => args.ElementAtOrDefault(at) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
