using BenchmarkDotNet.Attributes;
using RunAiRbac.Policy;

namespace RunAiRbac.Benchmarks.InProcess;

/// <summary>One check, over and over, of many questions: BenchmarkDotNet's view of what the report measures.</summary>
[MemoryDiagnoser]
public class CheckBenchmarks
{
    private const int Questions = 32_768;

    private PolicySnapshot _snapshot = null!;
    private Question[] _questions = [];
    private Handles[] _handles = [];
    private int _next;

    [GlobalSetup]
    public void Build()
    {
        var world = World.W100k();
        _snapshot = PolicySnapshot.Build(Catalogue.Default, world.Facts());
        _questions = world.Questions(_snapshot, Questions);
        _handles = Array.ConvertAll(_questions, question => question.Resolve(_snapshot));
    }

    [Benchmark(Baseline = true)]
    public bool FromHandles() => _handles[_next++ & (Questions - 1)].Ask(_snapshot).Allowed;

    [Benchmark]
    public bool FromStrings() => _questions[_next++ & (Questions - 1)].Resolve(_snapshot).Ask(_snapshot).Allowed;
}
