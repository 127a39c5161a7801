namespace RunAiRbac.Storage;

/// <summary>UTC microseconds since 1970, the one unit of time in rows, rules and the engine.</summary>
public static class Micros
{
    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static DateTimeOffset ToTime(long micros) => new(DateTimeOffset.UnixEpoch.Ticks + (micros * 10), TimeSpan.Zero);

    public static long NowMicros(this TimeProvider clock) => From(clock.GetUtcNow());
}
