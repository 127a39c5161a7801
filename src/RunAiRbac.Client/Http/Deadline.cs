namespace RunAiRbac.Client.Http;

/// <summary>The time that one call has, and its caller's cancellation.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private readonly long _start;

    public Deadline(TimeSpan timeout, TimeProvider clock, CancellationToken caller)
    {
        (_timeout, _clock, _caller, _start) = (timeout, clock, caller, clock.GetTimestamp());
        _time = new CancellationTokenSource(timeout, clock);
        _both = CancellationTokenSource.CreateLinkedTokenSource(caller, _time.Token);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>Whether there is time for a wait.</summary>
    public bool Allows(TimeSpan wait) => _timeout == Timeout.InfiniteTimeSpan || _clock.GetElapsedTime(_start) + wait < _timeout;

    /// <summary>The caller's cancellation as it is; otherwise the time was over.</summary>
    public RunAiRbacException TimedOut(OperationCanceledException cancelled)
    {
        _caller.ThrowIfCancellationRequested();
        return new RunAiRbacException(RunAiRbacErrorCodes.TimedOut, "The call took too long.", cancelled);
    }

    public void Dispose()
    {
        _both.Dispose();
        _time.Dispose();
    }
}
