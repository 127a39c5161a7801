namespace RunAiRbac.Storage;

/// <summary>
/// Runs one refresh at a time for any number of callers. Each gets the result of a refresh that began after it asked: one that runs already may have
/// looked at the database too early for it, so the callers that come meanwhile share the next one.
/// </summary>
internal sealed class SharedRefresh(Func<Task> refresh)
{
    private readonly Lock _lock = new();
    private Task? _running;
    private Task? _next;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        Task mine;
        lock (_lock)
        {
            if (_running is null || _running.IsCompleted)
            {
                _next = null;
                mine = _running = Task.Run(refresh, CancellationToken.None);
            }
            else
            {
                mine = _next ??= AfterAsync(_running);
            }
        }

        return mine.WaitAsync(cancellationToken);
    }

    private async Task AfterAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task mine;
        lock (_lock)
        {
            if (ReferenceEquals(_running, running))
            {
                _next = null;
                _running = Task.Run(refresh, CancellationToken.None);
            }

            mine = _running!;
        }

        await mine;
    }
}
