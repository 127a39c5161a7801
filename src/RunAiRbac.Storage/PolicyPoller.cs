using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RunAiRbac.Storage;

/// <summary>Polls at <c>Freshness:PollInterval</c> for as long as the host runs. Says once that the database is away, and once that it is back.</summary>
internal sealed partial class PolicyPoller(PolicyStore store, StorageSettings settings, TimeProvider clock, ILogger<PolicyPoller> logger) : BackgroundService
{
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.PollInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await PollOnceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task PollOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.PollAsync(cancellationToken);
            if (_isAway) LogBack();
            _isAway = false;
        }
        catch (PolicyUnavailableException e)
        {
            if (!_isAway) LogAway(e);
            _isAway = true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is: nothing is confirmed, so answers end in time, and the next poll may succeed.
            LogFailed(e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The database cannot be reached; answers go on until the policy is too old")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(2, LogLevel.Information, "The database is back")]
    private partial void LogBack();

    [LoggerMessage(3, LogLevel.Error, "A poll failed")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "The poller has stopped")]
    private partial void LogStopped();
}
