using System.Diagnostics;
using System.Text.Json;

namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>What a page asked the API for, how much came back, and how long the page could not react.</summary>
public sealed class Traffic
{
    private readonly IPage _page;
    private readonly List<Task<Answer>> _answers = [];
    private int _running;

    private Traffic(IPage page)
    {
        _page = page;
        page.Request += (_, request) => _running += IsCall(request) ? 1 : 0;
        page.RequestFinished += (_, request) => _running -= IsCall(request) ? 1 : 0;
        page.RequestFailed += (_, request) => _running -= IsCall(request) ? 1 : 0;
        page.Response += (_, response) =>
        {
            if (IsCall(response.Request)) _answers.Add(ReadAsync(response));
        };
    }

    /// <summary>From now on; the browser reports tasks of more than 50 ms by itself.</summary>
    public static async Task<Traffic> WatchAsync(Person person)
    {
        await person.Context.AddInitScriptAsync("window.longTasks = []; new PerformanceObserver(list => longTasks.push(...list.getEntries().map(e => Math.round(e.duration)))).observe({ type: 'longtask', buffered: true });");
        return new Traffic(person.Page);
    }

    /// <summary>Does something, waits until the page has settled, and tells what it took since the last time.</summary>
    public async Task<Visit> DuringAsync(Person person, Func<Task> act)
    {
        _answers.Clear();
        var watch = Stopwatch.StartNew();
        await act();
        await QuietAsync(person);
        var time = watch.Elapsed;
        var answers = await Task.WhenAll(_answers);
        var tasks = await _page.EvaluateAsync<int[]>("longTasks.splice(0)");
        var elements = await _page.EvaluateAsync<int>("document.querySelectorAll('*').length");
        return new Visit(answers, tasks, elements, time);
    }

    /// <summary>Until no call runs and two frames later none has begun.</summary>
    private async Task QuietAsync(Person person)
    {
        var quiet = 0;
        while (quiet < 2)
        {
            await _page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            quiet = _running == 0 ? quiet + 1 : 0;
        }

        await person.SettleAsync();
    }

    private static bool IsCall(IRequest request) => new Uri(request.Url).AbsolutePath.StartsWith("/api/", StringComparison.Ordinal);

    private static async Task<Answer> ReadAsync(IResponse response)
    {
        var address = new Uri(response.Url).PathAndQuery;
        // Answers to calls that the page gave up have no body.
        var body = response.Status == 200 ? await response.BodyAsync() : [];
        await response.FinishedAsync();
        return new Answer($"{response.Request.Method} {address}", body.Length, body.Length == 0 ? 0 : Rows(body), response.Request.Timing.ResponseEnd);
    }

    private static int Rows(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array) return root.GetArrayLength();
        return root.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array).Select(p => p.Value.GetArrayLength()).DefaultIfEmpty().Max();
    }
}

/// <summary>One answer of the API: its size in bytes, the rows of its longest list, and its milliseconds.</summary>
public sealed record Answer(string Call, int Size, int Rows, double Milliseconds);

/// <summary>What something that a person did took.</summary>
public sealed record Visit(IReadOnlyList<Answer> Answers, IReadOnlyList<int> LongTasks, int Elements, TimeSpan Time)
{
    public override string ToString()
        => $"{Time.TotalMilliseconds:N0} ms, {Elements:N0} elements, long tasks {(LongTasks.Count == 0 ? "none" : string.Join(", ", LongTasks))}"
            + string.Concat(Answers.Select(a => $"\n    {a.Milliseconds,7:N0} ms {a.Size / 1024.0,8:N1} kB {a.Rows,5} rows  {a.Call}"));
}
