namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Every hour: forgets the assertions that are too old to be used anyway.</summary>
internal sealed partial class SamlUpkeep(SamlReplays replays, TimeProvider clock, ILogger<SamlUpkeep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await replays.SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Nothing is used twice for that; the next turn tries again.
                Log.Failed(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1421, Level = LogLevel.Warning, Message = "Used SAML assertions could not be swept and are tried again in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
