using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Sso;

/// <summary>
/// One test of a provider: what is tested, and what was found so far. Findings go to whoever may set providers up, who may name any address: they tell nothing
/// of a machine that does not answer as a provider, not even how it fails. That goes to the log.
/// </summary>
/// <param name="provider">As it is, or as it would be.</param>
/// <param name="insteadOfClient">Stands in for the check of the client; null: its secret may be tried.</param>
internal sealed class ProviderTrial(SsoProvider provider, IdentityProviderCheck? insteadOfClient)
{
    private readonly List<IdentityProviderCheck> _checks = [];

    public SsoProvider Provider { get; } = provider;

    public IdentityProviderCheck? InsteadOfClient { get; } = insteadOfClient;

    public IReadOnlyList<IdentityProviderCheck> Checks => _checks;

    public bool HasFailed => _checks.Exists(check => check.Status == "failed");

    public static IdentityProviderCheck New(string name, string status, string message) => new() { Name = name, Status = status, Message = message };

    public void Add(IdentityProviderCheck check) => _checks.Add(check);

    public void Passed(string name, string message) => Add(New(name, "passed", message));

    public void Failed(string name, string message) => Add(New(name, "failed", message));

    public void Warn(string name, string message) => Add(New(name, "warning", message));

    public void NotChecked(string name, string message) => Add(New(name, "not_checked", message));
}

/// <summary>Tests providers of one type as far as that is possible without a person who signs in. Picked by <see cref="Type"/>.</summary>
internal interface IProviderTester
{
    /// <summary>One of <see cref="Features.IdentityProviders.ProviderTypes"/>.</summary>
    string Type { get; }

    /// <summary>Adds its checks.</summary>
    Task TestAsync(ProviderTrial trial, CancellationToken cancellationToken);
}

/// <summary>The way of a test to the provider, and to the log.</summary>
internal sealed partial class TrialHttp(OutgoingHttp http, OutgoingAddresses addresses, ILogger<TrialHttp> logger)
{
    /// <summary>A document; null: there is none, for whatever reason.</summary>
    public async Task<byte[]?> FindAsync(ProviderTrial trial, string address, CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetAsync(new Uri(address, UriKind.Absolute), cancellationToken);
        }
        catch (Exception failed) when (failed is OutgoingHttpException or UriFormatException)
        {
            Note(trial, failed.Message);
            return null;
        }
    }

    /// <summary>An answer to a request; null: there is none, for whatever reason.</summary>
    public async Task<OutgoingAnswer?> FindAsync(ProviderTrial trial, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (OutgoingHttpException failed)
        {
            Note(trial, failed.Message);
            return null;
        }
    }

    /// <summary>The names of those addresses that sign-in would not use; absent ones are no addresses.</summary>
    public List<string> Unusable(ProviderTrial trial, params IEnumerable<(string Name, string? Address)> endpoints)
    {
        var unusable = new List<string>();
        foreach (var (name, address) in endpoints)
        {
            try
            {
                if (!string.IsNullOrEmpty(address)) addresses.Demand(new Uri(address, UriKind.Absolute));
            }
            catch (Exception failed) when (failed is OutgoingHttpException or UriFormatException)
            {
                Note(trial, $"{name}: {failed.Message}");
                unusable.Add(name);
            }
        }

        return unusable;
    }

    public void Note(ProviderTrial trial, string why) => Log.Found(logger, trial.Provider.Alias, trial.Provider.TenantId, why);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1702, Level = LogLevel.Warning, Message = "Test of the provider {Alias} of tenant {TenantId}: {Why}")]
        public static partial void Found(ILogger logger, string alias, int tenantId, string why);
    }
}
