using System.Threading.RateLimiting;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>How often a tenant may have providers tested on this replica: a test makes up to three requests to wherever it is told to.</summary>
internal sealed class ProviderTestBudget : IDisposable
{
    /// <summary>Tests at once after a pause; then one in two seconds.</summary>
    public const int Burst = 30;

    private const int AtATime = 4;

    private readonly PartitionedRateLimiter<int> _limit = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<int, int>(tenantId => RateLimitPartition.GetConcurrencyLimiter(tenantId, _ => new() { PermitLimit = AtATime, QueueLimit = 0 })),
        PartitionedRateLimiter.Create<int, int>(tenantId => RateLimitPartition.GetTokenBucketLimiter(
            tenantId, _ => new() { TokenLimit = Burst, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(2), QueueLimit = 0 })));

    /// <summary>To be held while the test runs; 429 when there is none left.</summary>
    public RateLimitLease Take(int tenantId)
    {
        var lease = _limit.AttemptAcquire(tenantId);
        if (lease.IsAcquired) return lease;
        lease.Dispose();
        throw new ApiException(Kinds.TooManyRequests, "Identity providers of this tenant are tested too often.") { RetryAfter = TimeSpan.FromSeconds(2) };
    }

    public void Dispose() => _limit.Dispose();
}
