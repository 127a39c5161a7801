using System.Collections.Concurrent;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.IdentityProviders;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>
/// Providers' metadata: from the stored file, or from its address, where it is fetched when somebody signs in and then used for an hour. While the provider
/// is down the last good one stays, until it says itself that it must not be used.
/// </summary>
internal sealed partial class SamlProviders(OutgoingHttp http, SamlMetadataReader reader, TimeProvider clock, ILogger<SamlProviders> logger)
{
    private const int MaxEntries = 1000;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(int TenantId, string Id, string Address), Entry> _entries = [];

    /// <summary>What is known. Throws <see cref="SsoRefusal"/> when nothing usable is.</summary>
    public Task<SamlProviderMetadata> GetAsync(SsoProvider provider, CancellationToken cancellationToken) => GetAsync(provider, isRefresh: false, cancellationToken);

    /// <summary>
    /// What its address says now, since a signature is not by a key that is known; the same again when that was asked a few seconds ago, so that forged
    /// responses do not make this service ask at their pace.
    /// </summary>
    public Task<SamlProviderMetadata> RefreshAsync(SsoProvider provider, CancellationToken cancellationToken) => GetAsync(provider, isRefresh: true, cancellationToken);

    private async Task<SamlProviderMetadata> GetAsync(SsoProvider provider, bool isRefresh, CancellationToken cancellationToken)
    {
        var saml = provider.Settings.Saml ?? throw SamlRefusal.Unavailable($"{provider} has no SAML settings");
        var known = saml.MetadataUrl is { } address ? await OfAddressAsync(provider, address, isRefresh, cancellationToken) : OfFile(provider, saml);
        if (known.ValidUntil <= clock.GetUtcNow()) throw SamlRefusal.Unavailable($"the metadata of {provider} was valid until {known.ValidUntil:O}");
        return known;
    }

    private SamlProviderMetadata OfFile(SsoProvider provider, SamlSettings saml)
    {
        try
        {
            return reader.ReadProvider(Convert.FromBase64String(saml.Metadata?.Document ?? throw SamlRefusal.Unavailable($"{provider} has no metadata")));
        }
        catch (ApiException unusable)
        {
            throw SamlRefusal.Unavailable($"the metadata of {provider} cannot be used: {unusable.Message}");
        }
    }

    private async Task<SamlProviderMetadata> OfAddressAsync(SsoProvider provider, string address, bool isRefresh, CancellationToken cancellationToken)
    {
        if (_entries.Count >= MaxEntries) _entries.Clear();
        var entry = _entries.GetOrAdd((provider.TenantId, provider.Id, address), static _ => new Entry());
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (isRefresh ? IsRefreshDue(entry) : IsFetchDue(entry)) await FetchAsync(provider, address, entry, cancellationToken);
            return entry.Known ?? throw SamlRefusal.Unavailable($"the metadata of {provider} cannot be fetched");
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    private bool IsFetchDue(Entry entry)
    {
        if (entry.TriedAt is { } tried && Since(tried) < BetweenTries) return false;
        return entry.Known is not { } known || Since(entry.FetchedAt) >= Fresh || known.ValidUntil <= clock.GetUtcNow();
    }

    private bool IsRefreshDue(Entry entry)
    {
        if (entry.RefreshedAt is { } refreshed && Since(refreshed) < BetweenTries) return false;
        entry.RefreshedAt = clock.GetTimestamp();
        return true;
    }

    private async Task FetchAsync(SsoProvider provider, string address, Entry entry, CancellationToken cancellationToken)
    {
        entry.TriedAt = clock.GetTimestamp();
        try
        {
            entry.Known = reader.ReadProvider(await http.GetAsync(new Uri(address), cancellationToken));
            entry.FetchedAt = clock.GetTimestamp();
        }
        catch (Exception failure) when (failure is OutgoingHttpException or ApiException)
        {
            Log.NotFetched(logger, provider.Alias, provider.TenantId, failure.Message, entry.Known is not null);
        }
    }

    private TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public SamlProviderMetadata? Known { get; set; }

        public long FetchedAt { get; set; }

        public long? TriedAt { get; set; }

        public long? RefreshedAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1420, Level = LogLevel.Warning, Message = "The SAML metadata of {Alias} of tenant {TenantId} could not be fetched: {Why} (the last good is used: {HasOlder})")]
        public static partial void NotFetched(ILogger logger, string alias, int tenantId, string why, bool hasOlder);
    }
}
