namespace RunAiRbac.Api.Features.Audit;

/// <summary>What was not written one by one in a minute.</summary>
internal sealed record RefusalSummary(long Minute, IReadOnlyDictionary<(string Action, string ErrorCode), int> Counts);

/// <summary>Counts one tenant's refusals by the minute.</summary>
internal sealed class RefusalCounter(int perMinute)
{
    private readonly Lock _gate = new();
    private long _minute;
    private int _written;
    private Dictionary<(string, string), int> _more = [];

    /// <summary>Whether there is still room in this minute to write it by itself; else it is counted.</summary>
    public bool MayWrite(long minute, (string Action, string ErrorCode) kind)
    {
        lock (_gate)
        {
            if (minute > _minute) (_minute, _written) = (minute, 0);
            if (_written < perMinute)
            {
                _written++;
                return true;
            }

            _more[kind] = _more.GetValueOrDefault(kind) + 1;
            return false;
        }
    }

    /// <summary>What was counted before this minute, once; null: nothing.</summary>
    public RefusalSummary? TakeSummary(long minute)
    {
        lock (_gate)
        {
            if (minute <= _minute || _more.Count == 0) return null;
            var summary = new RefusalSummary(_minute, _more);
            _more = [];
            return summary;
        }
    }
}
