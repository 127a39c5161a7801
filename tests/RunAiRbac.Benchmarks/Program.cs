using System.Globalization;
using BenchmarkDotNet.Running;
using RunAiRbac.Benchmarks;
using RunAiRbac.Benchmarks.InProcess;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
switch (args.FirstOrDefault())
{
    case "inprocess":
        return InProcessReport.Run(args[1..]);
    case "bdn":
        BenchmarkSwitcher.FromAssembly(typeof(InProcessReport).Assembly).Run(args[1..]);
        return 0;
    case "bare":
        BareHost.Run(args[1]);
        return 0;
    case "http":
        await HttpComparison.RunAsync(
            args.ElementAtOrDefault(1) ?? "artifacts/bin/RunAiRbac.Api/release/RunAiRbac.Api.dll",
            pairs: int.Parse(args.ElementAtOrDefault(2) ?? "9", CultureInfo.InvariantCulture),
            secondsEach: int.Parse(args.ElementAtOrDefault(3) ?? "5", CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/RunAiRbac.Benchmarks -- <command>
              inprocess [W100k] [W1M]   checks, building and changes of the engine (both worlds unless one is named)
              http [RunAiRbac.Api.dll] [pairs] [seconds]
                                        /authorize over HTTP against a bare host, with wrk (Debian's package); build the API in Release first
              bdn [arguments]           the BenchmarkDotNet classes, for example: bdn --filter '*'
            """);
        return 2;
}
