using System.Diagnostics;
using System.Globalization;

/// <summary>
/// Loaded into the measured process by <c>DOTNET_STARTUP_HOOKS</c>: writes its memory to a file every few seconds, so that the program itself needs nothing for it.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for this name, outside any namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    public const string FileVariable = "RUNAIRBAC_MEMORY_FILE";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } file) return;
        new Thread(() => Watch(file)) { IsBackground = true, Name = "memory" }.Start();
    }

    private static void Watch(string file)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Thread.Sleep(Every);
            var (workingSet, heap) = (Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
            // What is still needed, exactly: between full collections the heap also holds what died old.
            var alive = GC.GetTotalMemory(forceFullCollection: true);
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture,
                $"{watch.Elapsed.TotalSeconds:F0} {workingSet / 1048576.0:F1} {alive / 1048576.0:F1} {heap / 1048576.0:F1} {GC.CollectionCount(2)}\n"));
        }
    }
}
