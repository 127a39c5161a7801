using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace RunAiRbac.Api.Sso.OpenId;

/// <summary>What an ID token is judged against.</summary>
internal sealed record ExpectedIdToken(SsoProvider Provider, OpenIdConnectConfiguration Configuration, string ClientId, string Nonce, string? AccessToken);

/// <summary>Judges ID tokens (OpenID Connect Core 1.0, section 3.1.3.7). The signature, issuer and audience are judged by Microsoft.IdentityModel, the rest by our clock here.</summary>
internal sealed class IdTokens(OidcMetadata metadata, IOptions<SsoOptions> options, TimeProvider clock)
{
    /// <summary>The longest subject claim (Core, section 2).</summary>
    private const int MaxSubject = 255;

    private static readonly string[] Asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>The claims of a token that passed everything.</summary>
    public async Task<JsonElement> DemandAsync(string token, ExpectedIdToken expected, CancellationToken cancellationToken)
    {
        var parts = token.Split('.');
        if (parts.Length != 3) throw CodeFlow.Failed("The ID token is not a signed JWT.");
        var header = Part(parts[0]);
        if (header.TryGetProperty("crit", out _)) throw CodeFlow.Failed("The ID token demands an extension.");
        if (header.Text("typ") is { } type && !type.Equals("JWT", StringComparison.OrdinalIgnoreCase)) throw CodeFlow.Failed("The ID token is a JWT of another type.");
        await DemandSignatureAsync(token, header.Text("kid"), expected, cancellationToken);
        var claims = Part(parts[1]);
        DemandParty(claims, expected.ClientId);
        DemandTimes(claims);
        if (claims.Text("nonce") is not { } nonce || !Same(nonce, expected.Nonce)) throw CodeFlow.Failed("The nonce is not that of the attempt.");
        if (claims.Text("sub") is not { Length: <= MaxSubject }) throw CodeFlow.Failed("The ID token names no subject, or one that is too long.");
        if (claims.TryGetProperty("at_hash", out _)) DemandHash(claims.Text("at_hash"), header.Text("alg")!, expected.AccessToken);
        return claims;
    }

    /// <summary>By one of the provider's present keys; a key we have not heard of is looked for once more, since keys are exchanged.</summary>
    private async Task DemandSignatureAsync(string token, string? keyId, ExpectedIdToken expected, CancellationToken cancellationToken)
    {
        var configuration = expected.Configuration;
        if (KeysOf(configuration, keyId).Count == 0) configuration = await metadata.RefreshAsync(expected.Provider, configuration, cancellationToken);
        var keys = KeysOf(configuration, keyId);
        if (keys.Count == 0) throw CodeFlow.Failed("The ID token is signed with a key that the provider does not publish.");
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms(configuration),
            IssuerSigningKeys = keys,
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            ValidIssuer = expected.Configuration.Issuer,
            ValidAudience = expected.ClientId,
            // Judged below, by this service's clock.
            ValidateLifetime = false,
        });
        if (!result.IsValid) throw CodeFlow.Failed($"The ID token is not valid: {result.Exception?.GetType().Name}.");
    }

    private static List<SecurityKey> KeysOf(OpenIdConnectConfiguration configuration, string? keyId)
        => [.. configuration.SigningKeys.Where(key => key is not SymmetricSecurityKey && (keyId is null || key.KeyId == keyId))];

    /// <summary>Asymmetric ones that discovery names; it names RS256 where it says nothing.</summary>
    public static List<string> Algorithms(OpenIdConnectConfiguration configuration)
        => configuration.IdTokenSigningAlgValuesSupported.Count == 0 ? ["RS256"] : [.. configuration.IdTokenSigningAlgValuesSupported.Intersect(Asymmetric, StringComparer.Ordinal)];

    private static void DemandParty(JsonElement claims, string clientId)
    {
        var several = claims.TryGetProperty("aud", out var audience) && audience.ValueKind == JsonValueKind.Array && audience.GetArrayLength() > 1;
        var hasParty = claims.TryGetProperty("azp", out _);
        if ((several || hasParty) && claims.Text("azp") != clientId) throw CodeFlow.Failed("The ID token was issued to another client.");
    }

    private void DemandTimes(JsonElement claims)
    {
        var (now, skew) = (clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, options.Value.ClockSkew.TotalSeconds);
        if (Seconds(claims, "exp") is not { } expires || expires + skew <= now) throw CodeFlow.Failed("The ID token is expired, or says not when it expires.");
        if (Seconds(claims, "iat") is not { } issued || issued - skew > now) throw CodeFlow.Failed("The ID token is from the future, or says not when it was issued.");
        if (claims.TryGetProperty("nbf", out _) && (Seconds(claims, "nbf") is not { } start || start - skew > now)) throw CodeFlow.Failed("The ID token is not valid yet.");
    }

    private static double? Seconds(JsonElement claims, string name)
        => claims.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetDouble(out var seconds) && double.IsFinite(seconds) ? seconds : null;

    /// <summary>The left half of the access token's hash (Core, section 3.1.3.6).</summary>
    private static void DemandHash(string? given, string algorithm, string? accessToken)
    {
        var bytes = Encoding.ASCII.GetBytes(accessToken ?? string.Empty);
        var hash = algorithm[^3..] switch
        {
            "384" => SHA384.HashData(bytes),
            "512" => SHA512.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
        if (accessToken is null || given is null || !Same(given, Base64UrlEncoder.Encode(hash[..(hash.Length / 2)]))) throw CodeFlow.Failed("The access token is not the one that the ID token speaks of.");
    }

    private static JsonElement Part(string encoded)
    {
        try
        {
            return ProviderJson.DemandObject(Base64UrlEncoder.DecodeBytes(encoded), "a part of the ID token");
        }
        catch (FormatException)
        {
            throw CodeFlow.Failed("The ID token is not base64url.");
        }
    }

    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
