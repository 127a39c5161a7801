using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.SignIn;

/// <summary>What writes and judges tokens, over a store, without a host. Two of them over one store are two replicas.</summary>
internal sealed class TokenWorkshop : IDisposable
{
    public const string Issuer = "https://rbac.example.com";

    public TokenWorkshop(TestStore store, IDataProtectionProvider keyRing, TimeSpan? lifetime = null, string issuer = Issuer)
    {
        var options = Options.Create(new TokensOptions { Issuer = issuer, AccessTokenLifetime = lifetime ?? TimeSpan.FromMinutes(15) });
        var identity = new TokenIdentity(null!, options);
        Keys = new SigningKeys(store.Store, keyRing, store.Clock, NullLogger<SigningKeys>.Instance);
        Writer = new AccessTokens(Keys, identity, store.Clock, options);
        Validator = new TokenValidator(identity, Keys, store.Clock);
    }

    public SigningKeys Keys { get; }

    public AccessTokens Writer { get; }

    public TokenValidator Validator { get; }

    public static Caller Caller { get; } = new(7, "0193-subject", "0193-session", 3, "cli", MustChangePassword: false, ViaAccessKey: false);

    public static async Task<TokenWorkshop> OpenAsync(TestStore store, IDataProtectionProvider? keyRing = null, TimeSpan? lifetime = null, string issuer = Issuer)
    {
        var workshop = new TokenWorkshop(store, keyRing ?? new EphemeralDataProtectionProvider(), lifetime, issuer);
        await workshop.Keys.RefreshAsync(TestContext.Current.CancellationToken);
        return workshop;
    }

    public Task<GenuineToken?> JudgeAsync(string token) => Validator.ValidateAsync(token, TestContext.Current.CancellationToken);

    public void Dispose() => Keys.Dispose();
}
