using Microsoft.EntityFrameworkCore;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Deletes (soft) rules that expired 30 days ago. They decide nothing any more; this keeps lists and memory from filling up with them.</summary>
internal sealed class ExpiredRules(PolicyStore store, TimeProvider clock)
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>At most so many in one write, so that others wait only shortly.</summary>
    private const int BatchSize = 500;

    /// <summary>Sweeps every tenant; the number of rules that went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var tenant in store.TenantIds)
        {
            int found;
            do
            {
                var before = Micros.From(clock.GetUtcNow() - KeptFor);
                var ids = await ExpiredAsync(tenant, before, cancellationToken);
                found = ids.Count;
                if (found > 0) swept += await EndAsync(tenant, ids, before);
            }
            while (found == BatchSize);
        }

        return swept;
    }

    private async Task<List<int>> ExpiredAsync(int tenantId, long before, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        return await db.AccessRules
            .Where(rule => rule.TenantId == tenantId && rule.DeletedAt == null && rule.ExpiresAt <= before)
            .OrderBy(rule => rule.ExpiresAt).ThenBy(rule => rule.Id)
            .Select(rule => rule.Id)
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
    }

    /// <summary>A change like any other. Another replica may have swept them already: then nothing is left to do.</summary>
    private async Task<int> EndAsync(int tenantId, List<int> ids, long before)
    {
        var written = await store.WriteAsync(tenantId, Actor.System, async write =>
        {
            var ended = 0;
            foreach (var id in ids)
            {
                if (!write.After.TryGetRule(id, out var rule) || rule.ExpiresAt > before) continue;
                await write.EndRuleAsync(id, CancellationToken.None);
                ended++;
            }

            return ended;
        }, CancellationToken.None);
        return written.Value;
    }
}

/// <summary>Runs the sweep every hour.</summary>
internal sealed partial class ExpiredRulesUpkeep(ExpiredRules rules, TimeProvider clock, ILogger<ExpiredRulesUpkeep> logger) : BackgroundService
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
            var swept = await rules.SweepAsync(cancellationToken);
            if (swept > 0) Log.Swept(logger, swept);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next turn tries again; expired rules decide nothing meanwhile.
            Log.Failed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1300, Level = LogLevel.Information, Message = "{Rules} access rules that had expired long ago are deleted")]
        public static partial void Swept(ILogger logger, int rules);

        [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "Sweeping expired access rules failed and is tried again in an hour")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
