using System.Diagnostics;

namespace RunAiRbac.Benchmarks.Service;

/// <summary>Times of single calls.</summary>
internal sealed class Timings
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public double Median => At(0.5);

    public double P99 => At(0.99);

    public double Most => At(1);

    public async Task<T> TimeAsync<T>(Func<Task<T>> call)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await call();
        Add(Stopwatch.GetElapsedTime(start));
        return result;
    }

    public void Add(TimeSpan time)
    {
        lock (_milliseconds) _milliseconds.Add(time.TotalMilliseconds);
    }

    private double At(double share)
    {
        if (_milliseconds.Count == 0) return double.NaN;
        _milliseconds.Sort();
        return _milliseconds[(int)Math.Min(_milliseconds.Count - 1, share * _milliseconds.Count)];
    }
}
