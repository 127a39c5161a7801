using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>Tokens that are not ours, not for this, not in time or not alive, over HTTP: 401 each time they are sent, whatever else is good about them.</summary>
public sealed class ForgedTokenTests(PostgresFixture postgres)
{
    private const string Path = "/api/v1/users";

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Token_ForgedOrForeign_IsRefusedEveryTime(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var before = await host.RevisionAsync();
        var keys = host.Host.Services.GetRequiredService<SigningKeys>();
        var (own, kid) = (keys.Current.Key, keys.Current.KeyId);
        var published = keys.Published[0];
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stronger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var parts = host.AdminToken.Split('.');
        var payload = JsonNode.Parse(Decode(parts[1]))!.AsObject();
        var head = new JsonObject { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = kid };
        var publicKey = own.ExportSubjectPublicKeyInfo();
        var pem = own.ExportSubjectPublicKeyInfoPem();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var jwk = JsonNode.Parse(JsonSerializer.Serialize(PublicJwk(stranger)))!;

        string Own(JsonObject header, JsonObject body) => Sign(header, body, text => own.SignData(text, HashAlgorithmName.SHA256));
        string Stranger(JsonObject header, JsonObject body) => Sign(header, body, text => stranger.SignData(text, HashAlgorithmName.SHA256));
        JsonObject Head(params (string Name, JsonNode? Value)[] changes) => Changed(head, changes);
        JsonObject Body(params (string Name, JsonNode? Value)[] changes) => Changed(payload, changes);

        // The way in which forgeries are made is good: what it makes unchanged passes.
        (await SendAsync(host, Own(head, payload))).Good();
        var forgeries = new Dictionary<string, string>
        {
            ["changed payload"] = $"{parts[0]}.{Encode(Body(("client_id", "other")).ToJsonString())}.{parts[2]}",
            ["truncated"] = host.AdminToken[..^1],
            ["truncated signature"] = $"{parts[0]}.{parts[1]}.{parts[2][..20]}",
            ["longer"] = host.AdminToken + "A",
            ["no signature"] = $"{parts[0]}.{parts[1]}.",
            ["two parts"] = $"{parts[0]}.{parts[1]}",
            ["four parts"] = host.AdminToken + ".x",
            ["five parts"] = host.AdminToken + "..",
            ["another spelling of the same signature"] = host.AdminToken[..^1] + Neighbour(host.AdminToken[^1]),
            ["padded"] = host.AdminToken + "==",
            ["quoted"] = $"\"{host.AdminToken}\"",
            ["zero signature"] = $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}",
            ["signature in DER"] = Sign(head, payload, text => own.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            ["same kid, another key"] = Stranger(head, payload),
            ["no kid"] = Own(Head(("kid", null)), payload),
            ["kid a number"] = Own(Head(("kid", 1)), payload),
            ["kid an object"] = Own(Head(("kid", new JsonObject())), payload),
            ["empty kid"] = Own(Head(("kid", "")), payload),
            ["unknown kid"] = Own(Head(("kid", "nobody")), payload),
            ["upper kid"] = Own(Head(("kid", kid.ToUpperInvariant())), payload),
            ["kid a path"] = Stranger(Head(("kid", "../../../../dev/null")), payload),
            ["kid SQL"] = Stranger(Head(("kid", "' OR 1=1 --")), payload),
            ["kid NUL"] = Stranger(Head(("kid", "\0")), payload),
            ["kid long"] = Stranger(Head(("kid", new string('k', 2000))), payload),
            ["jku"] = Stranger(Head(("jku", "http://127.0.0.1:1/jwks.json")), payload),
            ["x5u"] = Stranger(Head(("x5u", "http://127.0.0.1:1/cert.pem")), payload),
            ["jwk"] = Stranger(Head(("jwk", jwk.DeepClone())), payload),
            ["jwk without kid"] = Stranger(Head(("jwk", jwk.DeepClone()), ("kid", null)), payload),
            ["x5c"] = Stranger(Head(("x5c", new JsonArray(Convert.ToBase64String(publicKey)))), payload),
            ["ES384"] = Sign(Head(("alg", "ES384")), payload, text => stronger.SignData(text, HashAlgorithmName.SHA384)),
            ["ES384 by name, own key"] = Own(Head(("alg", "ES384")), payload),
            ["RS256"] = Sign(Head(("alg", "RS256")), payload, text => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ["no alg"] = Own(Head(("alg", null)), payload),
            ["empty alg"] = Own(Head(("alg", "")), payload),
            ["lower alg"] = Own(Head(("alg", "es256")), payload),
            ["typ JWT"] = Own(Head(("typ", "JWT")), payload),
            ["no typ"] = Own(Head(("typ", null)), payload),
            ["typ rt+jwt"] = Own(Head(("typ", "rt+jwt")), payload),
            ["encrypted"] = Own(Head(("enc", "A256GCM")), payload) + ".x.y",
            ["wrong issuer"] = Own(head, Body(("iss", "https://elsewhere.test"))),
            ["issuer's prefix"] = Own(head, Body(("iss", ApiHost.Issuer + ".evil.test"))),
            ["no issuer"] = Own(head, Body(("iss", null))),
            ["wrong audience"] = Own(head, Body(("aud", "https://elsewhere.test"))),
            ["no audience"] = Own(head, Body(("aud", null))),
            ["empty audience"] = Own(head, Body(("aud", new JsonArray()))),
            ["expired by a second"] = Own(head, Body(("exp", now - 1))),
            ["expired long ago"] = Own(head, Body(("exp", 1))),
            ["negative end"] = Own(head, Body(("exp", -1))),
            ["no end"] = Own(head, Body(("exp", null))),
            ["end a text"] = Own(head, Body(("exp", "tomorrow"))),
            ["not yet"] = Own(head, Body(("nbf", now + 3600))),
            ["no subject"] = Own(head, Body(("sub", null))),
            ["unknown subject"] = Own(head, Body(("sub", Guid.NewGuid().ToString()))),
            ["subject in upper case"] = Own(head, Body(("sub", ((string)payload["sub"]!).ToUpperInvariant()))),
            ["subject by e-mail"] = Own(head, Body(("sub", ApiHost.AdminEmail))),
            ["no tenant"] = Own(head, Body(("tenant_id", null))),
            ["unknown tenant"] = Own(head, Body(("tenant_id", "2"))),
            ["tenant a number beyond"] = Own(head, Body(("tenant_id", "99999999999"))),
            ["tenant negative"] = Own(head, Body(("tenant_id", "-1"))),
            ["tenant with a space"] = Own(head, Body(("tenant_id", " 1"))),
            ["no session"] = Own(head, Body(("sid", null))),
            ["empty session"] = Own(head, Body(("sid", ""))),
            ["no epoch"] = Own(head, Body(("session_epoch", null))),
            ["old epoch"] = Own(head, Body(("session_epoch", -1))),
            ["future epoch"] = Own(head, Body(("session_epoch", 7))),
            ["epoch beyond"] = Own(head, Body(("session_epoch", 4294967296))),
            ["payload an array"] = $"{parts[0]}.{Encode("[]")}.{parts[2]}",
            ["payload no JSON"] = $"{parts[0]}.{Encode("{")}.{parts[2]}",
            ["head no JSON"] = $"{Encode("{")}.{parts[1]}.{parts[2]}",
            ["head an array"] = $"{Encode("[]")}.{parts[1]}.{parts[2]}",
            ["head null"] = $"{Encode("null")}.{parts[1]}.{parts[2]}",
            ["no base64"] = "%%%.%%%.%%%",
            ["dots"] = "..",
            ["a word"] = "token",
            ["too long"] = host.AdminToken + new string('A', 5000),
        };
        foreach (var alg in new[] { "none", "None", "NONE", "nOnE" })
        {
            forgeries["alg " + alg] = Sign(Head(("alg", alg)), payload, _ => []);
            forgeries["alg " + alg + " with a signature"] = Own(Head(("alg", alg)), payload);
            forgeries["alg " + alg + " without kid"] = Sign(Head(("alg", alg), ("kid", null)), payload, _ => []);
        }

        foreach (var (name, secret) in new Dictionary<string, byte[]>
        {
            ["DER"] = publicKey,
            ["PEM"] = Encoding.ASCII.GetBytes(pem),
            ["PEM with a line end"] = Encoding.ASCII.GetBytes(pem + "\n"),
            ["X"] = Encoding.ASCII.GetBytes(published.X),
            ["the point"] = [4, .. Base64Url.DecodeFromChars(published.X), .. Base64Url.DecodeFromChars(published.Y)],
            ["the kid"] = Encoding.ASCII.GetBytes(kid),
            ["nothing"] = [],
        })
            forgeries["HS256 with " + name] = Sign(Head(("alg", "HS256")), payload, text => HMACSHA256.HashData(secret, text));

        // Each twice: what was refused is not remembered as good. And still so after a good one has been.
        for (var time = 0; time < 2; time++)
        {
            foreach (var (name, token) in forgeries)
            {
                var refused = await SendAsync(host, token);
                refused.Code.Should().Be(401, "{0}, time {1}, was answered {2}", name, time, refused.Text);
                refused.Refused(401).ErrorCode.Should().Be("unauthorized");
                refused.Response.Headers.WwwAuthenticate.ToString().Should().StartWith("Bearer");
            }

            (await SendAsync(host, host.AdminToken)).Good();
        }

        // A token that is not good is nothing to revoke, and no error either.
        // (Those that our own key has signed for the same session do end it: they are made here only.)
        foreach (var (_, token) in forgeries.Where(forgery => forgery.Value.Length < 5000 && !forgery.Key.Contains("subject", StringComparison.Ordinal) && !forgery.Key.Contains("epoch", StringComparison.Ordinal)))
            (await host.Wire.SendAsync(Sent.Form("/oauth2/revoke", null, "token=" + Uri.EscapeDataString(token)))).Good();
        (await host.RevisionAsync()).Should().Be(before);
        (await SendAsync(host, host.AdminToken)).Good();
        TestContext.Current.TestOutputHelper?.WriteLine($"{forgeries.Count} forgeries");
    }

    [Fact]
    public async Task Header_DoubledOrLax_IsRefused()
    {
        await using var host = await InputHost.StartAsync(StorageProvider.Sqlite, postgres);
        var token = host.AdminToken;
        var refresh = (await host.Host.TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword })).GetProperty("refreshToken").GetString();
        string[][] headers =
        [
            [], [""], ["Bearer"], ["Bearer "], [token], ["bearer " + token], ["BEARER " + token], ["BeArEr " + token], ["Bearer  " + token], ["Bearer\t" + token], ["Bearer" + token], ["Bearer:" + token],
            ["Bearer " + token + " x"], ["Bearer " + token + "," + token], ["Bearer " + token + ", Bearer " + token], ["Bearer " + token, "Bearer " + token], ["Bearer x", "Bearer " + token], ["Bearer " + token, "Basic eDp5"],
            ["Basic " + token], ["Basic eDp5"], ["DPoP " + token], ["Token " + token], ["JWT " + token], ["Bearer =" + token], ["Bearer token=" + token], ["Bearer \"" + token + "\""], ["Bearer " + refresh], ["Bearer " + token[..40] + " " + token[40..]],
            ["Bearer " + token + "\u00a0"], ["Bearer \u00fc"],
        ];
        for (var time = 0; time < 2; time++)
        {
            foreach (var values in headers)
            {
                // Written by hand: a client library would tidy it.
                var lines = string.Concat(values.Select(value => $"Authorization: {value}\r\n"));
                var answer = await RawAsync(host, $"GET {Path} HTTP/1.1\r\nHost: {host.Host.Address.Authority}\r\nConnection: close\r\n{lines}\r\n");
                answer.Should().MatchRegex("^HTTP/1.1 (401|400)", "the header was {0}", lines);
                if (answer.StartsWith("HTTP/1.1 401", StringComparison.Ordinal)) answer.Should().Contain("WWW-Authenticate: Bearer").And.Contain("application/problem+json");
                else lines.Should().MatchRegex("[\u0080-\u00ff]", "only what is no text at all is refused by the server itself");
            }
        }

        // A token anywhere else is no token.
        (await host.Wire.SendAsync(new Sent("GET", $"{Path}?access_token={token}&token={token}"))).Refused(401);
        (await host.Wire.SendAsync(new Sent("POST", "/api/v1/authorize") { Body = Encoding.UTF8.GetBytes($$"""{"access_token":"{{token}}"}""") })).Refused(401);
        (await host.Wire.SendAsync(new Sent("GET", Path) { Headers = [("Cookie", $"access_token={token}; Authorization=Bearer {token}"), ("X-Access-Token", token), ("Proxy-Authorization", "Bearer " + token), ("X-Forwarded-Authorization", "Bearer " + token)] })).Refused(401);
        foreach (var path in new[] { "/api/v1/nothing", "/api/v1/users/x/y/z", "/API/V1/USERS", "/api//v1/users", "/api/v1/users/" }) (await host.Wire.SendAsync(new Sent("GET", path))).Refused(401);
        (await SendAsync(host, token)).Good();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Token_OfAnEndedDisabledOrDeletedSubject_IsRefusedEveryTime(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        async Task<(string Id, string Token)> UserAsync(string name)
        {
            var made = await host.MakeAsync("/api/v1/users", new { email = name + "@example.com" });
            var token = await InputHost.TokenAsync(host.Host, name + "@example.com", made.GetProperty("tempPassword").GetString()!);
            (await host.Wire.SendAsync(Sent.Json("GET", Path, token, null))).Good();
            return (made.GetProperty("id").GetString()!, token);
        }

        var deleted = await UserAsync("deleted");
        var disabled = await UserAsync("disabled");
        var signedOut = await UserAsync("signed-out");
        var reset = await UserAsync("reset");
        var ended = await UserAsync("ended");
        var revoked = await UserAsync("revoked");
        var (clientId, secret, appId) = await ApiHost.CreateApplicationAsync(host.Host.WithToken(host.AdminToken));
        var app = (await host.Host.TokenAsync(new { grantType = "app_token", AppId = clientId, AppSecret = secret })).GetProperty("accessToken").GetString()!;

        (await host.JsonAsync("DELETE", $"/api/v1/users/{deleted.Id}")).Good();
        (await host.JsonAsync("PATCH", $"/api/v1/users/{disabled.Id}", """{"enabled":false}""")).Good();
        (await host.JsonAsync("POST", $"/api/v1/users/{signedOut.Id}/logout")).Good();
        (await host.JsonAsync("POST", $"/api/v1/users/{reset.Id}/password")).Good();
        var session = JsonNode.Parse(Decode(ended.Token.Split('.')[1]))!["sid"]!.GetValue<string>();
        (await host.Wire.SendAsync(Sent.Json("DELETE", $"/api/v1/me/sessions/{session}", ended.Token, null))).Good();
        (await host.Wire.SendAsync(Sent.Form("/oauth2/revoke", null, "token=" + revoked.Token))).Good();
        (await host.JsonAsync("POST", $"/api/v1/apps/{appId}/secret")).Good();
        string[] dead = [deleted.Token, disabled.Token, signedOut.Token, reset.Token, ended.Token, revoked.Token, app];
        for (var time = 0; time < 2; time++)
        {
            foreach (var token in dead)
            {
                foreach (var route in Routes.Of(host.Host).Where(route => !IsPublic(route.Pattern)))
                    (await host.Wire.SendAsync(Sent.Json(route.Method, route.Fill(_ => "1"), token, route.Body is null ? null : "{}"))).Refused(401);
            }
        }

        // Enabling again brings none of them back.
        (await host.JsonAsync("PATCH", $"/api/v1/users/{disabled.Id}", """{"enabled":true}""")).Good();
        foreach (var token in dead) (await host.Wire.SendAsync(Sent.Json("GET", Path, token, null))).Refused(401);
    }

    [Fact]
    public async Task Token_AtItsEnd_IsGoodToTheMicrosecondAndNoLonger()
    {
        var clock = new FakeClock();
        await using var host = await InputHost.StartAsync(StorageProvider.Sqlite, postgres, clock);
        var payload = JsonNode.Parse(Decode(host.AdminToken.Split('.')[1]))!;
        var left = DateTimeOffset.FromUnixTimeSeconds(payload["exp"]!.GetValue<long>()) - clock.GetUtcNow();
        (await SendAsync(host, host.AdminToken)).Good();
        var store = host.Host.Services.GetRequiredService<PolicyStore>();

        clock.Advance(left - TimeSpan.FromMicroseconds(1));
        await store.PollAsync(TestContext.Current.CancellationToken);
        (await SendAsync(host, host.AdminToken)).Good();
        var uncached = Resigned(host);
        (await SendAsync(host, uncached)).Good();

        clock.Advance(TimeSpan.FromMicroseconds(1));
        foreach (var token in new[] { host.AdminToken, uncached, Resigned(host) })
            for (var time = 0; time < 2; time++) (await SendAsync(host, token)).Refused(401);
        clock.Advance(TimeSpan.FromMicroseconds(1));
        (await SendAsync(host, host.AdminToken)).Refused(401);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await SendAsync(host, host.AdminToken)).Refused(401);
    }

    /// <summary>The administrator's token with another signature: as good, but never seen.</summary>
    private static string Resigned(InputHost host)
    {
        var parts = host.AdminToken.Split('.');
        var key = host.Host.Services.GetRequiredService<SigningKeys>().Current.Key;
        return $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), HashAlgorithmName.SHA256))}";
    }

    private static bool IsPublic(string pattern)
        => pattern is "/api/v1/token" or "/api/v2/token" or "/oauth2/revoke" or "/v1/k8s/auth/oauth/apptoken" || pattern.StartsWith("/.well-known", StringComparison.Ordinal) || pattern.StartsWith("/health", StringComparison.Ordinal);

    private static Task<Answer> SendAsync(InputHost host, string token) => host.Wire.SendAsync(new Sent("GET", Path) { Token = token });

    private static async Task<string> RawAsync(InputHost host, string request)
    {
        using var socket = new System.Net.Sockets.TcpClient(host.Host.Address.Host, host.Host.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static JsonObject Changed(JsonObject source, (string Name, JsonNode? Value)[] changes)
    {
        var copy = source.DeepClone().AsObject();
        foreach (var (name, value) in changes)
        {
            copy.Remove(name);
            if (value is not null) copy[name] = value.Parent is null ? value : value.DeepClone();
        }

        return copy;
    }

    private static string Sign(JsonObject header, JsonObject payload, Func<byte[], byte[]> sign)
    {
        var text = Encode(header.ToJsonString()) + "." + Encode(payload.ToJsonString());
        return text + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)));
    }

    private static object PublicJwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new { kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y), alg = "ES256" };
    }

    /// <summary>Differs only in bits that are no part of the 64 bytes.</summary>
    private static char Neighbour(char last)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet[alphabet.IndexOf(last, StringComparison.Ordinal) + 1];
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));
}
