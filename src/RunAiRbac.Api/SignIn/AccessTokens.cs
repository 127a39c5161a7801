using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;

namespace RunAiRbac.Api.SignIn;

/// <summary>Names of our tokens' claims beyond the registered ones.</summary>
internal static class TokenClaims
{
    public const string TenantId = "tenant_id";
    public const string SessionId = "sid";
    public const string ClientId = "client_id";
    public const string Email = "email";
    public const string SessionEpoch = "session_epoch";

    /// <summary>Present and true: the token is good only for choosing another password and signing out.</summary>
    public const string PasswordChange = "password_change";

    /// <summary>Present and true: the session was begun with an access key.</summary>
    public const string AccessKey = "access_key";
}

/// <summary>A signed access token.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset ExpiresAt, int ExpiresIn);

/// <summary>Writes access tokens: JWT, ES256, <c>typ</c> <c>at+jwt</c> (RFC 9068).</summary>
internal sealed class AccessTokens(SigningKeys keys, TokenIdentity identity, TimeProvider clock, IOptions<TokensOptions> options)
{
    public const string Type = "at+jwt";

    // Some clients decode the payload with the standard base64 alphabet, so it must have no '-' and '_'. Those stand for the six-bit values 62 and 63,
    // which ASCII text without '>', '?', '~' and DEL cannot produce: the upper six bits of a byte stay below 32, and only the low six bits of these
    // four are 62 or 63.
    private static readonly JsonWriterOptions Payload = new() { Encoder = JavaScriptEncoder.Create(SafeCharacters()) };

    public AccessToken Write(Caller caller, string? email)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var lifetime = (int)options.Value.AccessTokenLifetime.TotalSeconds;
        var signer = keys.Current;
        var payload = Base64Url.EncodeToString(WritePayload(caller, email, now, now + lifetime));
        if (payload.AsSpan().ContainsAny('-', '_')) throw new InvalidOperationException("INVARIANT: the payload of an access token has no '-' and '_'.");
        var head = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"{{SigningKeys.Algorithm}}","typ":"{{Type}}","kid":"{{signer.KeyId}}"}"""));
        var signed = head + "." + payload;
        return new AccessToken(signed + "." + Base64Url.EncodeToString(Sign(signer.Key, signed)), DateTimeOffset.FromUnixTimeSeconds(now + lifetime), lifetime);
    }

    private byte[] WritePayload(Caller caller, string? email, long now, long expires)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Payload);
        json.WriteStartObject();
        json.WriteString("iss", identity.Issuer);
        json.WriteString("aud", identity.Audience);
        json.WriteString("sub", caller.SubjectId);
        json.WriteString(TokenClaims.TenantId, caller.TenantId.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("exp", expires);
        json.WriteNumber("iat", now);
        json.WriteNumber("nbf", now);
        json.WriteString("jti", Guid.NewGuid());
        json.WriteString(TokenClaims.SessionId, caller.SessionId);
        json.WriteString(TokenClaims.ClientId, caller.ClientId);
        if (email is not null) json.WriteString(TokenClaims.Email, email);
        json.WriteNumber(TokenClaims.SessionEpoch, caller.SessionEpoch);
        if (caller.MustChangePassword) json.WriteBoolean(TokenClaims.PasswordChange, true);
        if (caller.ViaAccessKey) json.WriteBoolean(TokenClaims.AccessKey, true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Sign(ECDsa key, string text)
    {
        // One key object is not promised to serve several threads at once.
        lock (key) return key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static TextEncoderSettings SafeCharacters()
    {
        var safe = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        safe.ForbidCharacters('>', '?', '~', '\u007f');
        return safe;
    }
}
