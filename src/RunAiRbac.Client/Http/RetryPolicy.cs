namespace RunAiRbac.Client.Http;

/// <summary>Whether and when a failed call is sent again.</summary>
internal sealed class RetryPolicy(RunAiRbacClientOptions options)
{
    /// <summary>The wait before the next attempt; null: give up.</summary>
    /// <param name="mayRepeat">Whether sending it again is harmless.</param>
    /// <param name="failure">What went wrong.</param>
    /// <param name="attempt">How often it was sent, from 1.</param>
    public TimeSpan? WaitAfter(bool mayRepeat, RunAiRbacException failure, int attempt)
    {
        if (!mayRepeat || attempt >= options.MaxAttempts || !failure.IsTransient) return null;
        // Never sooner than asked, and not all clients at one moment.
        if (failure.RetryAfter is { } asked) return asked > options.MaxRetryDelay ? null : asked * (1 + (0.2 * Chance()));
        var wait = options.RetryDelay * Math.Pow(2, attempt - 1) * (0.5 + (0.5 * Chance()));
        return wait < options.MaxRetryDelay ? wait : options.MaxRetryDelay;
    }

#pragma warning disable CA5394 // Spreads load; nothing secret.
    private static double Chance() => Random.Shared.NextDouble();
#pragma warning restore CA5394
}
