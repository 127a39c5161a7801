using System.Collections.Concurrent;
using System.Net;
using System.Text;
using RunAiRbac.Client;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>Stands in for the service: answers what the test says and keeps what was asked.</summary>
internal sealed class ScriptedService(Func<Asked, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public static readonly Uri Address = new("https://rbac.test");

    public ScriptedService(Func<Asked, HttpResponseMessage> answer)
        : this((asked, _) => Task.FromResult(answer(asked)))
    {
    }

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public RunAiRbacClient Client(RunAiRbacCredentials? credentials = null, TimeProvider? clock = null, Func<RunAiRbacClientOptions, RunAiRbacClientOptions>? with = null)
    {
        var options = new RunAiRbacClientOptions
        {
            BaseAddress = Address,
            Credentials = credentials ?? RunAiRbacCredentials.Bearer("token"),
            TimeProvider = clock ?? new ImpatientClock(),
        };
        return new RunAiRbacClient(new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, with is null ? options : with(options));
    }

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json")
        => new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    public static HttpResponseMessage Problem(HttpStatusCode status, string errorCode = "some_error", string more = "")
        => Json($$"""{"title":"T","status":{{(int)status}},"detail":"What went wrong.","errorCode":"{{errorCode}}","traceId":"trace-1"{{more}}}""", status, "application/problem+json");

    public static HttpResponseMessage Token(string token, int seconds = 900, string? refresh = null)
        => Json($$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":{{seconds}}{{(refresh is null ? "" : $",\"refresh_token\":\"{refresh}\"")}}}""");

    public static HttpResponseMessage Allowed() => Json("""{"allowed":true,"reason":"granted","decisionId":"d1","revision":"r1"}""");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = new Asked(
            request.Method, request.RequestUri!, request.Headers.Authorization?.Parameter, request.Content?.Headers.ContentType?.MediaType,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
        Requests.Enqueue(asked);
        return await answer(asked, cancellationToken);
    }
}

/// <summary>A request as it arrived.</summary>
internal sealed record Asked(HttpMethod Method, Uri Address, string? Token, string? ContentType, string Body)
{
    public string Path => Address.AbsolutePath;

    public bool IsSignIn => Path == "/api/v2/token";
}

/// <summary>Waits pass at once and are written down; time limits never come; the time moves only when it is told to.</summary>
internal sealed class ImpatientClock : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private long _ticks = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero).UtcTicks;

    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero || dueTime > LongestWait) return new NoTimer();
        Waits.Enqueue(dueTime);
        Task.Run(() => callback(state));
        return new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
