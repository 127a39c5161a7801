using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class AccessTokenTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Write_User_HasExactlyTheClaimsOfTheContract()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store);

        var token = workshop.Writer.Write(TokenWorkshop.Caller, "ada@example.com");

        var parts = token.Value.Split('.');
        var head = Read(parts[0]);
        head.GetProperty("alg").GetString().Should().Be("ES256");
        head.GetProperty("typ").GetString().Should().Be("at+jwt");
        head.GetProperty("kid").GetString().Should().Be(workshop.Keys.Published.Single().Kid);
        var claims = Read(parts[1]);
        claims.EnumerateObject().Select(claim => claim.Name).Should().Equal(
            "iss", "aud", "sub", "tenant_id", "exp", "iat", "nbf", "jti", "sid", "client_id", "email", "session_epoch");
        claims.GetProperty("iss").GetString().Should().Be(TokenWorkshop.Issuer);
        claims.GetProperty("aud").GetString().Should().Be(TokenWorkshop.Issuer);
        claims.GetProperty("tenant_id").GetString().Should().Be("7");
        claims.GetProperty("email").GetString().Should().Be("ada@example.com");
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).Should().Be(token.ExpiresIn).And.Be(900);
    }

    [Fact]
    public async Task Write_Application_HasNoEmail()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store);

        var claims = Read(workshop.Writer.Write(TokenWorkshop.Caller, null).Value.Split('.')[1]);

        claims.TryGetProperty("email", out _).Should().BeFalse();
        claims.TryGetProperty("password_change", out _).Should().BeFalse();
        claims.TryGetProperty("access_key", out _).Should().BeFalse();
    }

    [Fact]
    public async Task Write_SessionBegunWithAnAccessKey_IsReadAsOne()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store);
        foreach (var caller in new[] { TokenWorkshop.Caller, TokenWorkshop.Caller with { ViaAccessKey = true } })
            (await workshop.JudgeAsync(workshop.Writer.Write(caller, "ada@example.com").Value))!.Caller.Should().Be(caller);
    }

    [Fact]
    public async Task Write_AnyTextInTheClaims_PayloadDecodesWithTheStandardAlphabet()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store, issuer: "https://rbac.example.com/~a?");
        var texts = Gen.Elements<char>(['>', '?', '~', '\u007f', 'ü', '漢', '"', '\\', '<', '&', ' ', 'a', '@', '\uD83D']).ListOf().Select(chars => string.Concat(chars));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var token = workshop.Writer.Write(TokenWorkshop.Caller with { ClientId = text, SessionId = "s" + text }, text);
            var payload = token.Value.Split('.')[1];
            payload.Should().NotContain("-").And.NotContain("_");
            Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')).Should().NotBeEmpty();
        }));
    }

    [Fact]
    public async Task Judge_OwnToken_GivesTheCallerBack()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store);
        var caller = TokenWorkshop.Caller with { MustChangePassword = true };

        var genuine = await workshop.JudgeAsync(workshop.Writer.Write(caller, "ada@example.com").Value);

        genuine!.Caller.Should().Be(caller);
        genuine.Email.Should().Be("ada@example.com");
    }

    [Fact]
    public async Task Judge_AtItsEnd_RefusesWithoutAnySkew()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store, lifetime: TimeSpan.FromMinutes(2));
        var token = workshop.Writer.Write(TokenWorkshop.Caller, null);

        store.Clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(1));
        (await workshop.JudgeAsync(token.Value)).Should().NotBeNull();
        store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await workshop.JudgeAsync(token.Value)).Should().BeNull();
    }

    [Fact]
    public async Task Judge_Forgeries_RefusesEach()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        var ring = new EphemeralDataProtectionProvider();
        using var workshop = await TokenWorkshop.OpenAsync(store, ring);
        using var elsewhere = await TokenWorkshop.OpenAsync(store, ring, issuer: "https://other.example.com");
        var good = workshop.Writer.Write(TokenWorkshop.Caller, null).Value.Split('.');
        var keyId = workshop.Keys.Published[0].Kid;
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = Encoding.ASCII.GetBytes(workshop.Keys.Published[0].X);
        var forgeries = new Dictionary<string, string>
        {
            ["another tenant"] = $"{good[0]}.{Encode(Decode(good[1]).Replace("\"tenant_id\":\"7\"", "\"tenant_id\":\"8\"", StringComparison.Ordinal))}.{good[2]}",
            ["no signature"] = $"{good[0]}.{good[1]}.",
            ["two parts"] = $"{good[0]}.{good[1]}",
            ["another signature"] = $"{good[0]}.{good[1]}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64))}",
            ["none"] = $"{Encode($$"""{"alg":"none","typ":"at+jwt","kid":"{{keyId}}"}""")}.{good[1]}.",
            ["a stranger's key"] = Sign(new SigningCredentials(new ECDsaSecurityKey(stranger) { KeyId = keyId }, "ES256"), "at+jwt", good[1]),
            ["HS256 with the public key"] = Sign(new SigningCredentials(new SymmetricSecurityKey(publicKey) { KeyId = keyId }, "HS256"), "at+jwt", good[1]),
            ["another type"] = Sign(Own(workshop), "JWT", good[1]),
            ["another issuer"] = elsewhere.Writer.Write(TokenWorkshop.Caller, null).Value,
            ["an unknown key"] = $"{Encode("""{"alg":"ES256","typ":"at+jwt","kid":"nobody"}""")}.{good[1]}.{good[2]}",
            ["no key"] = $"{Encode("""{"alg":"ES256","typ":"at+jwt"}""")}.{good[1]}.{good[2]}",
            ["no end"] = Sign(Own(workshop), "at+jwt", Encode(Decode(good[1]).Replace("\"exp\"", "\"exq\"", StringComparison.Ordinal))),
            ["no session"] = Sign(Own(workshop), "at+jwt", Encode(Decode(good[1]).Replace("\"sid\"", "\"sib\"", StringComparison.Ordinal))),
            ["a tenant that is no number"] = Sign(Own(workshop), "at+jwt", Encode(Decode(good[1]).Replace("\"7\"", "\"x\"", StringComparison.Ordinal))),
            ["not a token"] = "abc",
            ["nothing"] = string.Empty,
            ["too long"] = string.Join('.', good[0], good[1], new string('a', 5000)),
        };

        // The way in which forgeries are made is good: the unchanged token passes.
        (await workshop.JudgeAsync(Sign(Own(workshop), "at+jwt", good[1]))).Should().NotBeNull();
        foreach (var (name, token) in forgeries) (await workshop.JudgeAsync(token)).Should().BeNull(name);
    }

    private static SigningCredentials Own(TokenWorkshop workshop)
        => new(new ECDsaSecurityKey(workshop.Keys.Current.Key) { KeyId = workshop.Keys.Current.KeyId }, "ES256");

    private static string Sign(SigningCredentials credentials, string type, string payload)
        => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(Decode(payload), credentials, new Dictionary<string, object> { ["typ"] = type });

    private static JsonElement Read(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
