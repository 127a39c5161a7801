using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>How people sign in to the tenant and out of it.</summary>
/// <param name="AutoRedirectSSO">Whether the sign-in page goes on to a provider by itself.</param>
/// <param name="BrowserSessionTimeout">When an idle browser session ends.</param>
/// <param name="LogoutRedirectUri">Where a browser goes after signing out.</param>
public sealed record SecuritySettingsResponse(
    AutoRedirectSsoSetting AutoRedirectSSO,
    BrowserSessionTimeoutSetting BrowserSessionTimeout,
    LogoutRedirectUriSetting LogoutRedirectUri);

/// <summary>Whether the sign-in page goes on to a provider by itself.</summary>
/// <param name="Enabled">Whether it does.</param>
/// <param name="IdpAlias">To which provider.</param>
public sealed record AutoRedirectSsoSetting(bool Enabled, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? IdpAlias);

/// <summary>When an idle browser session ends.</summary>
/// <param name="IdleTimeout">In minutes; 0: never.</param>
public sealed record BrowserSessionTimeoutSetting(double IdleTimeout);

/// <summary>Where a browser goes after signing out.</summary>
/// <param name="Uri">The address; null: the sign-in page.</param>
public sealed record LogoutRedirectUriSetting([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Uri);

/// <summary>The new value of one security setting: the members of that setting; one that is absent or null gets its default.</summary>
public sealed record SecuritySettingUpdate
{
    /// <summary>Of <c>autoRedirectSSO</c>; default false.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Of <c>autoRedirectSSO</c>: the alias of a provider; empty: none.</summary>
    public string? IdpAlias { get; init; }

    /// <summary>Of <c>browserSessionTimeout</c>: minutes, 0 to 10,080; default 60.</summary>
    public double? IdleTimeout { get; init; }

    /// <summary>Of <c>logoutRedirectUri</c>: an address; empty: none.</summary>
    public string? Uri { get; init; }
}
