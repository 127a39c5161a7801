using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.SecuritySettings;

/// <summary>The settings by key, with their defaults, as rows keep them.</summary>
internal static class SecuritySettingRows
{
    public const string AutoRedirect = "autoRedirectSSO";
    public const string SessionTimeout = "browserSessionTimeout";
    public const string LogoutRedirect = "logoutRedirectUri";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<SecuritySettingsResponse> ReadAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var rows = await db.SecuritySettings.AsNoTracking().Where(x => x.TenantId == tenantId).ToDictionaryAsync(x => x.Key, x => x.Value, StringComparer.Ordinal, cancellationToken);
        return new SecuritySettingsResponse(
            Value(rows, AutoRedirect, new AutoRedirectSsoSetting(false, null)),
            Value(rows, SessionTimeout, new BrowserSessionTimeoutSetting(60)),
            Value(rows, LogoutRedirect, new LogoutRedirectUriSetting(null)));
    }

    public static Task PutAsync<T>(PolicyWrite write, string key, T value) => write.PutSecuritySettingAsync(key, JsonSerializer.Serialize(value, Json), CancellationToken.None);

    /// <summary>Nobody is sent on to a provider that has ended, nor to another one that gets its alias.</summary>
    public static async Task ForgetProviderAsync(PolicyWrite write, string alias)
    {
        var standing = (await ReadAsync(write.Db, write.TenantId, CancellationToken.None)).AutoRedirectSSO;
        if (standing.IdpAlias == alias) await PutAsync(write, AutoRedirect, new AutoRedirectSsoSetting(false, null));
    }

    private static T Value<T>(Dictionary<string, string> rows, string key, T absent)
        => rows.TryGetValue(key, out var text) ? JsonSerializer.Deserialize<T>(text, Json) ?? absent : absent;
}
