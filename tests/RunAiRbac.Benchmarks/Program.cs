using System.Globalization;
using BenchmarkDotNet.Running;
using RunAiRbac.Benchmarks.InProcess;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
switch (args.FirstOrDefault())
{
    case "inprocess":
        return InProcessReport.Run(args[1..]);
    case "bdn":
        BenchmarkSwitcher.FromAssembly(typeof(InProcessReport).Assembly).Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/RunAiRbac.Benchmarks -- <command>
              inprocess [W100k] [W1M]   checks, building and changes of the engine (both worlds unless one is named)
              bdn [arguments]           the BenchmarkDotNet classes, for example: bdn --filter '*'
            """);
        return 2;
}
