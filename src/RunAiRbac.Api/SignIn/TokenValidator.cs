using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using RunAiRbac.Api.Http;

namespace RunAiRbac.Api.SignIn;

/// <summary>A token that is genuine and has not expired. Whether its session lives is another question.</summary>
internal sealed record GenuineToken(Caller Caller, string? Email, DateTimeOffset ExpiresAt);

/// <summary>
/// Judges access tokens, genuine and not expired, by JwtBearer's options and its token handler; there is no other judge. JwtBearer's middleware handler is
/// not used: it would judge the token anew on every request, which costs six times the rest of one.
/// </summary>
internal sealed class TokenValidator(TokenIdentity identity, SigningKeys keys, TimeProvider clock)
{
    public const int MaxLength = 4096;

    // Our tokens start at once; the replica that reads one may be a little behind the one that wrote it. Never applied to the end.
    private static readonly TimeSpan EarlyBy = TimeSpan.FromSeconds(30);
    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private JwtBearerOptions? _options;

    /// <summary>Null: not genuine, or expired.</summary>
    public async Task<GenuineToken?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > MaxLength || !IsSpelledOneWay(token) || !TryReadKeyId(token, out var keyId)) return null;
        if (!keys.TryFind(keyId, out _)) await keys.LookForUnknownAsync(cancellationToken);
        var options = _options ??= new JwtBearerOptions { MapInboundClaims = false, TokenValidationParameters = Rules() };
        var result = await options.TokenHandlers[0].ValidateTokenAsync(token, options.TokenValidationParameters);
        return result.IsValid && result.SecurityToken is JsonWebToken jwt ? Read(jwt) : null;
    }

    // Made at the first token: in Development the issuer is known only once the host listens.
    private TokenValidationParameters Rules() => new()
    {
        ValidAlgorithms = [SigningKeys.Algorithm],
        ValidTypes = [AccessTokens.Type],
        ValidIssuer = identity.Issuer,
        ValidAudience = identity.Audience,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        TryAllIssuerSigningKeys = false,
        ClockSkew = TimeSpan.Zero,
        LifetimeValidator = IsInTime,
        IssuerSigningKeyResolver = (_, _, keyId, _) => keyId is not null && keys.TryFind(keyId, out var key) ? [key] : [],
    };

    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end && (notBefore is not { } start || start - EarlyBy <= now);
    }

    /// <summary>
    /// Whether it has only the characters of a JWT and its signature is spelled as it is written: the decoder would also take padding and other last
    /// bits, so that a changed token could pass for the one that was signed.
    /// </summary>
    private static bool IsSpelledOneWay(string token)
    {
        var signature = token.AsSpan(token.LastIndexOf('.') + 1);
        return !token.AsSpan().ContainsAnyExcept(Characters) && Base64Url.IsValid(signature)
            && signature.SequenceEqual(Base64Url.EncodeToString(Base64Url.DecodeFromChars(signature)));
    }

    private static bool TryReadKeyId(string token, out string keyId)
    {
        keyId = string.Empty;
        try
        {
            keyId = new JsonWebToken(token).Kid ?? string.Empty;
        }
        catch (ArgumentException)
        {
            // Not a JWT at all: the caller's mistake, and an ordinary "no".
            return false;
        }

        return keyId.Length > 0;
    }

    private static GenuineToken? Read(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue(TokenClaims.TenantId, out string tenant) || !int.TryParse(tenant, NumberStyles.None, CultureInfo.InvariantCulture, out var tenantId)) return null;
        if (!jwt.TryGetPayloadValue(TokenClaims.SessionId, out string sessionId) || !jwt.TryGetPayloadValue(TokenClaims.SessionEpoch, out int epoch)) return null;
        if (string.IsNullOrEmpty(jwt.Subject) || string.IsNullOrEmpty(sessionId)) return null;
        jwt.TryGetPayloadValue(TokenClaims.ClientId, out string? clientId);
        jwt.TryGetPayloadValue(TokenClaims.Email, out string? email);
        jwt.TryGetPayloadValue(TokenClaims.PasswordChange, out bool passwordChange);
        jwt.TryGetPayloadValue(TokenClaims.AccessKey, out bool accessKey);
        return new GenuineToken(new Caller(tenantId, jwt.Subject, sessionId, epoch, clientId, passwordChange, accessKey), email, new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero));
    }
}
