namespace RunAiRbac.Client;

/// <summary>How a <see cref="RunAiRbacClient"/> reaches the service.</summary>
public sealed record RunAiRbacClientOptions
{
    /// <summary>The service's address, absolute, <c>https</c> (or <c>http</c> inside a trusted network); a path in it is kept.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>Who calls; default: nobody, which is enough for the <see cref="RunAiRbacClient.Tokens"/> alone.</summary>
    public RunAiRbacCredentials Credentials { get; init; } = RunAiRbacCredentials.None;

    /// <summary>
    /// The longest time that one call may take, with its token, its retries and the waits between them; default 30 s,
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for none. A call that takes longer fails with <see cref="RunAiRbacErrorCodes.TimedOut"/>.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a call that only reads is sent at most, 1 to 10; default 3. It is sent again after a failed connection and after 429, 502, 503 and 504;
    /// calls that write are sent once.
    /// </summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The wait before the second attempt when the answer has no <c>Retry-After</c>; it doubles each time and is shortened at random by up to half. Default 100 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two attempts; where <c>Retry-After</c> asks for more, the call fails at once. Default 5 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock for expiry and waits; default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Throws an <see cref="ArgumentException"/> that names the option which is wrong.</summary>
    internal void Validate()
    {
        if (BaseAddress is not { IsAbsoluteUri: true, Scheme: "https" or "http", Query: "", Fragment: "", UserInfo: "" })
            throw new ArgumentException($"{nameof(BaseAddress)} must be an absolute http or https address without credentials, query and fragment.");
        if (Credentials is null) throw new ArgumentException($"{nameof(Credentials)} is missing.");
        if (Timeout <= TimeSpan.Zero && Timeout != System.Threading.Timeout.InfiniteTimeSpan) throw new ArgumentException($"{nameof(Timeout)} must be positive.");
        if (MaxAttempts is < 1 or > 10) throw new ArgumentException($"{nameof(MaxAttempts)} must be 1 to 10.");
        if (RetryDelay < TimeSpan.Zero) throw new ArgumentException($"{nameof(RetryDelay)} must not be negative.");
        if (MaxRetryDelay < TimeSpan.Zero) throw new ArgumentException($"{nameof(MaxRetryDelay)} must not be negative.");
        if (TimeProvider is null) throw new ArgumentException($"{nameof(TimeProvider)} is missing.");
    }
}
