using System.Diagnostics.Metrics;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Hosting;

/// <summary>The service's own figures (design.md §7). Free when nobody listens.</summary>
internal sealed class Metrics
{
    public const string MeterName = "RunAiRbac";
    private readonly Counter<long> _checks;
    private readonly Histogram<double> _checkDuration;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _tokenCache;
    private readonly Counter<long> _tokensIssued;
    private readonly Histogram<double> _revocationLag;

    public Metrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _checks = meter.CreateCounter<long>("authz_checks_total", description: "Checks answered, by result and by consistency.");
        _checkDuration = meter.CreateHistogram<double>("authz_check_duration_seconds", "s", "Time from the request's start to the answer of /authorize calls.");
        _refused = meter.CreateCounter<long>("authz_refused_total", description: "Requests that were refused, by error code.");
        _tokenCache = meter.CreateCounter<long>("authz_token_cache_total", description: "Access tokens and session cookies presented: hit, miss (validated) or refused.");
        _tokensIssued = meter.CreateCounter<long>("authz_tokens_issued_total", description: "Token requests, by grant and by result.");
        _revocationLag = meter.CreateHistogram<double>(
            "authz_revocation_lag_seconds", "s", "Time from another replica's write until it was in force here; both clocks play a part in it.");
        Meter = meter;
    }

    /// <summary>For figures that others observe.</summary>
    public Meter Meter { get; }

    public void Checked(bool allowed, Consistency? consistency, long count = 1)
    {
        if (count == 0 || !_checks.Enabled) return;
        var wanted = consistency switch { null => "none", { Full: true } => "full", _ => "at_least" };
        _checks.Add(count, new KeyValuePair<string, object?>("result", allowed ? "allowed" : "denied"), new KeyValuePair<string, object?>("consistency", wanted));
    }

    public void ChangeArrived(TimeSpan lag) => _revocationLag.Record(lag.TotalSeconds);

    public void CheckTook(TimeSpan duration) => _checkDuration.Record(duration.TotalSeconds);

    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void TokenPresented(string result) => _tokenCache.Add(1, new KeyValuePair<string, object?>("result", result));

    public void TokenIssued(string grant, string result)
        => _tokensIssued.Add(1, new KeyValuePair<string, object?>("grant", grant), new KeyValuePair<string, object?>("result", result));
}
