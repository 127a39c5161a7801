namespace RunAiRbac.Client.Credentials;

/// <summary>A token as it was taken. Times are counted on the monotonic clock, from just before it was asked for.</summary>
internal sealed class IssuedToken(string value, string? refreshToken, TimeSpan lifetime, long askedAt)
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(1);

    public string Value => value;

    public string? RefreshToken => refreshToken;

    /// <summary>Whether it need not be renewed yet: a minute, or a fifth of a short life, before it expires.</summary>
    public bool IsFresh(TimeProvider clock) => clock.GetElapsedTime(askedAt) < lifetime - (lifetime / 5 < LongestMargin ? lifetime / 5 : LongestMargin);

    /// <summary>Whether it has not expired.</summary>
    public bool IsAlive(TimeProvider clock) => clock.GetElapsedTime(askedAt) < lifetime;
}
