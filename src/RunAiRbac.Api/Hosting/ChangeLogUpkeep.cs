using Microsoft.Extensions.Options;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>Every hour drops what is older than <c>ChangeLog:Retention</c>.</summary>
internal sealed partial class ChangeLogUpkeep(ChangeLogRetention retention, TimeProvider clock, IOptions<ChangeLogOptions> options, ILogger<ChangeLogUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TurnAsync(stoppingToken);
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            var dropped = await retention.DropAsync(clock.GetUtcNow() - options.Value.Retention, cancellationToken);
            if (dropped > 0) Log.Dropped(logger, dropped);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next turn tries again; nothing needs the room at once.
            Log.Failed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1320, Level = LogLevel.Information, Message = "{Entries} old entries of the change log are dropped")]
        public static partial void Dropped(ILogger logger, int entries);

        [LoggerMessage(EventId = 1321, Level = LogLevel.Warning, Message = "Dropping old entries of the change log failed and is tried again in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
