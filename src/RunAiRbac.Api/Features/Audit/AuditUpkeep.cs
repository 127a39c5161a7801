using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Audit;

/// <summary>Seals new events every second, writes summaries of refusals, and drops old events every minute.</summary>
internal sealed partial class AuditUpkeep(AuditSealer sealer, RefusalLog refusals, TimeProvider clock, IOptions<AuditOptions> options, ILogger<AuditUpkeep> logger) : BackgroundService
{
    private const int DropEvery = 60;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await refusals.FlushAsync(all: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        for (var turn = 1; await timer.WaitForNextTickAsync(stoppingToken); turn++) await TurnAsync(turn % DropEvery == 0, stoppingToken);
    }

    private async Task TurnAsync(bool drop, CancellationToken cancellationToken)
    {
        try
        {
            await refusals.FlushAsync(all: false);
            await sealer.SealAsync(cancellationToken);
            if (drop) await sealer.DropAsync(clock.GetUtcNow() - options.Value.Retention, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next turn tries again.
            Log.Failed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1310, Level = LogLevel.Warning, Message = "The upkeep of the audit log failed and is tried again in a second")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
