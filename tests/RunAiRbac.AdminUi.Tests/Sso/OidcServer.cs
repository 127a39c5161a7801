using System.Diagnostics;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>The npm package oidc-provider (oidc.mjs): ada and bob may sign in there, with any password.</summary>
public sealed class OidcServer : NodeProvider
{
    public const string ClientId = "runai";
    public const string ClientSecret = "a secret of the tests: 1+1=2 %";

    private OidcServer(Process process, string issuer) : base(process) => DiscoveryAddress = issuer + "/.well-known/openid-configuration";

    public string DiscoveryAddress { get; }

    public static async Task<OidcServer> StartAsync(string redirectUri, string postLogoutRedirectUri)
    {
        var (process, answer) = await StartAsync("oidc.mjs", "oidc-provider", new { clientId = ClientId, clientSecret = ClientSecret, redirectUri, postLogoutRedirectUri });
        return new OidcServer(process, answer.GetProperty("issuer").GetString()!);
    }

    /// <summary>Signs with a new key from now on, and publishes that one alone.</summary>
    public Task RollKeysAsync() => CommandAsync(new { rollKeys = true });
}
