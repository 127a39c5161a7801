using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.SignIn.Browser.Native;

namespace RunAiRbac.Api.SignIn;

/// <summary>Every minute: reads the signing keys, makes the one that is due, and sweeps attempts that nobody finished. Every hour: sweeps sessions and codes.</summary>
internal sealed partial class SignInUpkeep(SigningKeys keys, Sessions sessions, SignInAttempts attempts, AuthorizationCodes codes, TimeProvider clock, ILogger<SignInUpkeep> logger) : BackgroundService
{
    private const int SweepEvery = 60;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        for (var turn = 1; await timer.WaitForNextTickAsync(stoppingToken); turn++) await TurnAsync(turn % SweepEvery == 0, stoppingToken);
    }

    private async Task TurnAsync(bool sweep, CancellationToken cancellationToken)
    {
        try
        {
            await keys.RefreshAsync(cancellationToken);
            await attempts.SweepAsync(cancellationToken);
            if (!sweep) return;
            await sessions.SweepAsync(cancellationToken);
            await codes.SweepAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next turn tries again; until then the keys that are known go on.
            Log.Failed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1210, Level = LogLevel.Warning, Message = "The upkeep of signing keys and sessions failed and is tried again in a minute")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
