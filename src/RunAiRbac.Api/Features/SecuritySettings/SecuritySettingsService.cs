using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.SecuritySettings;

/// <summary>Reads and changes a tenant's security settings.</summary>
internal sealed class SecuritySettingsService(Writes writes, PolicyStore store)
{
    private const double DefaultIdleMinutes = 60;
    private const double MaxIdleMinutes = 10_080;

    public async Task<SecuritySettingsResponse> GetAsync(HttpContext context)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        return await SecuritySettingRows.ReadAsync(db, context.Admitted().Caller.TenantId, context.RequestAborted);
    }

    public async Task<object> GetAsync(HttpContext context, string key)
    {
        DemandKnown(key);
        var all = await GetAsync(context);
        return key switch
        {
            SecuritySettingRows.AutoRedirect => all.AutoRedirectSSO,
            SecuritySettingRows.SessionTimeout => all.BrowserSessionTimeout,
            _ => all.LogoutRedirectUri,
        };
    }

    public static void DemandKnown(string key)
    {
        if (key is not (SecuritySettingRows.AutoRedirect or SecuritySettingRows.SessionTimeout or SecuritySettingRows.LogoutRedirect)) throw ApiException.NotFound("security setting");
    }

    public Task PutAsync(HttpContext context, string key, SecuritySettingUpdate update)
    {
        RefuseOthers(key, update);
        return key switch
        {
            SecuritySettingRows.AutoRedirect => PutAutoRedirectAsync(context, update),
            SecuritySettingRows.SessionTimeout => PutAsync(context, key, SessionTimeout(update)),
            _ => PutAsync(context, key, new LogoutRedirectUriSetting(string.IsNullOrEmpty(update.Uri) ? null : WebAddresses.DemandPage("uri", update.Uri))),
        };
    }

    private Task PutAutoRedirectAsync(HttpContext context, SecuritySettingUpdate update)
    {
        var alias = string.IsNullOrEmpty(update.IdpAlias) ? null : Aliases.Read(update.IdpAlias) ?? throw ApiException.Invalid("idpAlias", "must be an alias of a-z, 0-9, - and _");
        if (update.Enabled == true && alias is null) throw ApiException.Invalid("idpAlias", "is missing: people are sent on to one identity provider");
        return PutAsync(context, SecuritySettingRows.AutoRedirect, new AutoRedirectSsoSetting(update.Enabled ?? false, alias), async write =>
        {
            if (alias is not null && await write.FindProviderAsync(alias, CancellationToken.None) is null) throw ApiException.Invalid("idpAlias", "is no identity provider's alias");
        });
    }

    private Task PutAsync<T>(HttpContext context, string key, T value, Func<PolicyWrite, Task>? judge = null)
        => writes.RunAsync(context, async (write, acting) =>
        {
            acting.Demand(IdentityProvidersService.ResourceType, "update", acting.Tenant);
            if (judge is not null) await judge(write);
            await SecuritySettingRows.PutAsync(write, key, value);
            return key;
        });

    private static BrowserSessionTimeoutSetting SessionTimeout(SecuritySettingUpdate update)
        => update.IdleTimeout is null or (>= 0 and <= MaxIdleMinutes)
            ? new BrowserSessionTimeoutSetting(update.IdleTimeout ?? DefaultIdleMinutes)
            : throw ApiException.Invalid("idleTimeout", $"must be a number of minutes from 0 (never) to {MaxIdleMinutes}");

    /// <summary>A member of another setting is a mistake that would set this one to its default.</summary>
    private static void RefuseOthers(string key, SecuritySettingUpdate update)
    {
        var other = (key, update) switch
        {
            (not SecuritySettingRows.AutoRedirect, { Enabled: not null }) => "enabled",
            (not SecuritySettingRows.AutoRedirect, { IdpAlias: not null }) => "idpAlias",
            (not SecuritySettingRows.SessionTimeout, { IdleTimeout: not null }) => "idleTimeout",
            (not SecuritySettingRows.LogoutRedirect, { Uri: not null }) => "uri",
            _ => null,
        };
        if (other is not null) throw ApiException.Invalid(other, $"is no member of {key}");
    }
}
