using System.Collections.Immutable;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// The ended sessions, in two generations by the week of their <see cref="EndedSession.ForgetAfter"/>. The first session of a later week shows that time has
/// moved on and makes all but that week and the one before it forgotten. No clock is asked, so that the same facts give the same set in any order.
/// </summary>
internal sealed class EndedSessions
{
    private const long Week = 7L * 24 * 60 * 60 * 1_000_000;

    private static readonly ImmutableHashSet<string> NoIds = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    public static readonly EndedSessions None = new(long.MinValue, NoIds, NoIds);

    private readonly long _week;
    private readonly ImmutableHashSet<string> _latest;
    private readonly ImmutableHashSet<string> _before;
    private readonly bool _any;

    private EndedSessions(long week, ImmutableHashSet<string> latest, ImmutableHashSet<string> before)
        => (_week, _latest, _before, _any) = (week, latest, before, latest.Count + before.Count > 0);

    public bool Contains(string sessionId) => _any && (_latest.Contains(sessionId) || _before.Contains(sessionId));

    public EndedSessions With(EndedSession session)
    {
        var week = Math.DivRem(session.ForgetAfter, Week, out var rest) - (rest < 0 ? 1 : 0);
        if (week == _week) return new EndedSessions(week, _latest.Add(session.SessionId), _before);
        if (_week == long.MinValue || week > _week + 1) return new EndedSessions(week, NoIds.Add(session.SessionId), NoIds);
        if (week == _week + 1) return new EndedSessions(week, NoIds.Add(session.SessionId), _latest);
        return week == _week - 1 ? new EndedSessions(_week, _latest, _before.Add(session.SessionId)) : this;
    }
}
