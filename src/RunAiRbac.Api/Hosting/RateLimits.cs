using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.SignIn.Browser.Pages;

namespace RunAiRbac.Api.Hosting;

/// <summary>
/// Three budgets that do not eat into one another: sign-in, checks and administration. Each may be limited per caller (429); sign-in and administration,
/// which need the database, run so many at a time, and no more than so many wait (503 beyond).
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private readonly RequestDelegate _next;
    private readonly Budget _signIn;
    private readonly Budget _checks;
    private readonly Budget _administration;

    public RateLimits(RequestDelegate next, IOptionsMonitor<BudgetOptions> options, IHostApplicationLifetime lifetime)
    {
        _next = next;
        _signIn = new Budget(options.Get(BudgetOptions.SignIn));
        _checks = new Budget(options.Get(BudgetOptions.Checks));
        _administration = new Budget(options.Get(BudgetOptions.Administration));
        lifetime.ApplicationStopped.Register(Dispose);
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (RequestObserver.IsCheck(context.Request.Path)) return _checks.IsOpen ? _next(context) : LimitAsync(context, _checks);
        if (context.FindAdmitted() is not null) return LimitAsync(context, _administration);
        var isSignIn = HttpMethods.IsPost(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<PageMark>() is not null;
        return isSignIn ? LimitAsync(context, _signIn) : _next(context);
    }

    public void Dispose()
    {
        _signIn.Dispose();
        _checks.Dispose();
        _administration.Dispose();
    }

    private async Task LimitAsync(HttpContext context, Budget budget)
    {
        budget.DemandRate(context);
        using var turn = await budget.TakeTurnAsync(context.RequestAborted);
        await _next(context);
    }

    /// <summary>Who is limited: the subject, or the address of somebody without a token.</summary>
    private readonly record struct Requester(int TenantId, string? SubjectId, string? Address)
    {
        public static Requester Of(HttpContext context) => context.FindAdmitted() is { } admitted
            ? new(admitted.Caller.TenantId, admitted.Caller.SubjectId, null)
            : new(0, null, Tenancy.AddressOf(context));
    }

    private sealed class Budget(BudgetOptions options) : IDisposable
    {
        private readonly PartitionedRateLimiter<Requester>? _rates = options.PerCallerPerSecond is { } perSecond ? NewRates(perSecond, options.Burst ?? perSecond) : null;
        private readonly ConcurrencyLimiter? _turns = options.Concurrent is { } concurrent
            ? new ConcurrencyLimiter(new() { PermitLimit = concurrent, QueueLimit = options.Queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst })
            : null;

        public bool IsOpen => _rates is null && _turns is null;

        /// <summary>429 when the caller has used up its rate.</summary>
        public void DemandRate(HttpContext context)
        {
            if (_rates is null) return;
            using var lease = _rates.AttemptAcquire(Requester.Of(context));
            if (lease.IsAcquired) return;
            throw new ApiException(Kinds.TooManyRequests, "This caller sends more requests than it may.")
            {
                RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1),
            };
        }

        /// <summary>Waits for a turn; 503 when too many wait already.</summary>
        public async ValueTask<RateLimitLease?> TakeTurnAsync(CancellationToken cancellationToken)
        {
            if (_turns is null) return null;
            var lease = await _turns.AcquireAsync(1, cancellationToken);
            if (lease.IsAcquired) return lease;
            lease.Dispose();
            throw new ApiException(Kinds.Unavailable, "More requests are waiting than can be served soon.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        public void Dispose()
        {
            _rates?.Dispose();
            _turns?.Dispose();
        }

        private static PartitionedRateLimiter<Requester> NewRates(int perSecond, int burst) => PartitionedRateLimiter.Create<Requester, Requester>(
            requester => RateLimitPartition.GetTokenBucketLimiter(requester, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));
    }
}
