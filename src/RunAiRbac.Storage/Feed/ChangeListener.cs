using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RunAiRbac.Storage;

/// <summary>
/// Listens for the wake-ups of other replicas (<see cref="ChangeNotifier"/>) and then reads what is new. A lost connection is opened again, and what was
/// missed meanwhile is read at once.
/// </summary>
internal sealed partial class ChangeListener(PolicyStore store, StorageSettings settings, TimeProvider clock, ILogger<ChangeListener> logger) : BackgroundService
{
    private readonly Queue<WakeUp> _heard = [];
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.HasNotifications) return;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await ListenAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Whatever it is, the polls go on; and it is tried again.
                    if (!_isAway) LogAway(e);
                    _isAway = true;
                }

                await Task.Delay(settings.PollInterval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(settings.OwnConnectionString("listen"));
        connection.Notification += (_, notification) =>
        {
            if (WakeUp.TryParse(notification.Payload, out var wakeUp)) _heard.Enqueue(wakeUp);
        };
        await connection.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand($"LISTEN {ChangeNotifier.Channel}", connection)) await command.ExecuteNonQueryAsync(cancellationToken);

        // What was committed before the LISTEN took effect announced itself to nobody here.
        _heard.Clear();
        await store.PollAsync(cancellationToken);
        if (_isAway) LogBack();
        _isAway = false;
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
            while (_heard.TryDequeue(out var wakeUp)) await store.WakeAsync(wakeUp, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Changes of other replicas are not announced here; they are polled")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Changes of other replicas are announced again")]
    private partial void LogBack();

    [LoggerMessage(3, LogLevel.Debug, "The listener has stopped")]
    private partial void LogStopped();
}
