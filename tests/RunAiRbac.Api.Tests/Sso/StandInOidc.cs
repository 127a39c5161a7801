using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>
/// An OpenID provider that knows one client and asks nobody anything: whoever comes is <see cref="Person"/>. It keeps the rules of its side (redirect address,
/// client secret, PKCE, one-use codes), and every word that it says can be spoiled.
/// </summary>
internal sealed class StandInOidc : IAsyncDisposable
{
    public const string ClientId = "runai";

    /// <summary>Holds what must be encoded in a header and in a form.</summary>
    public const string Secret = "s:e+c%r=t &é";

    /// <summary>Made once: making keys takes longer than most tests.</summary>
    private static readonly RSA[] Keys = [RSA.Create(2048), RSA.Create(2048), RSA.Create(2048)];

    private readonly ConcurrentDictionary<string, Grant> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _accessTokens = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private WebApplication? _app;
    private int _keys;

    private StandInOidc(TimeProvider clock)
    {
        _clock = clock;
        Key = NewKey();
    }

    public string Issuer { get; private set; } = "";

    public string DiscoveryAddress => Issuer + "/.well-known/openid-configuration";

    /// <summary>The claims of whoever signs in.</summary>
    public JsonObject Person { get; set; } = new() { ["sub"] = "subject-1", ["email"] = "ada@example.com", ["email_verified"] = true };

    /// <summary>Claims told at the userinfo endpoint and not in the ID token.</summary>
    public HashSet<string> AtUserInfo { get; } = [];

    /// <summary>What it signs with.</summary>
    public (string Id, RSA Rsa) Key { get; private set; }

    public Action<JsonObject> Discovery { get; set; } = static _ => { };

    public Action<JsonObject> KeySet { get; set; } = static _ => { };

    /// <summary>The parameters with which the browser comes back.</summary>
    public Action<Dictionary<string, string>> Answer { get; set; } = static _ => { };

    public Action<JsonObject> Header { get; set; } = static _ => { };

    public Action<JsonObject> Claims { get; set; } = static _ => { };

    /// <summary>The last word on an ID token.</summary>
    public Func<string, string> IdToken { get; set; } = static token => token;

    public Action<JsonObject> TokenAnswer { get; set; } = static _ => { };

    public Action<JsonObject> UserInfo { get; set; } = static _ => { };

    /// <summary>Answers a path instead of itself.</summary>
    public Dictionary<string, Func<IResult>> Instead { get; } = [];

    /// <summary>It does not compare the code verifier.</summary>
    public bool ForgetsPkce { get; set; }

    /// <summary>It cuts every connection.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often each path was asked for.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>How the client showed its secret last.</summary>
    public string? Authentication { get; private set; }

    public static async Task<StandInOidc> StartAsync(TimeProvider? clock = null)
    {
        var provider = new StandInOidc(clock ?? TimeProvider.System);
        (provider._app, provider.Issuer) = await StandIn.StartAsync(provider.Map);
        return provider;
    }

    /// <summary>Signs with a new key from now on and publishes that one alone.</summary>
    public void RollKeys() => Key = NewKey();

    /// <summary>A compact token with what is given, signed as its header says with the key.</summary>
    public string Sign(string header, string payload, RSA? key = null, string? algorithm = null)
    {
        var content = $"{Encode(header)}.{Encode(payload)}";
        var bytes = Encoding.ASCII.GetBytes(content);
        var rsa = key ?? Key.Rsa;
        var signature = (algorithm ?? JsonNode.Parse(header)!["alg"]?.GetValue<string>()) switch
        {
            "RS256" => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "RS512" => rsa.SignData(bytes, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            "PS384" => rsa.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
            "HS256" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), bytes),
            "HS512" => HMACSHA512.HashData(Encoding.UTF8.GetBytes(Secret), bytes),
            _ => [],
        };
        return $"{content}.{WebEncoders.Base64UrlEncode(signature)}";
    }

    public static string Encode(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));

    public static JsonObject PublicKey(string id, RSA rsa)
    {
        var parameters = rsa.ExportParameters(false);
        return new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = id, ["n"] = WebEncoders.Base64UrlEncode(parameters.Modulus!), ["e"] = WebEncoders.Base64UrlEncode(parameters.Exponent!) };
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private void Map(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            var path = context.Request.Path.Value!;
            Asked.AddOrUpdate(path, 1, static (_, n) => n + 1);
            if (IsDown) context.Abort();
            else if (Instead.TryGetValue(path, out var other)) await other().ExecuteAsync(context);
            else await next(context);
        });
        app.MapGet("/.well-known/openid-configuration", () => Json(Discovered()));
        app.MapGet("/keys", () => Json(PublishedKeys()));
        app.MapGet("/authorize", Authorize);
        // As a delegate: a handler of the context alone would be taken for one that writes its answer itself.
        app.MapPost("/token", (Delegate)TokenAsync);
        app.MapGet("/userinfo", UserInfoOf);
        app.MapGet("/logout", (string post_logout_redirect_uri, string? state) => Results.Redirect(QueryHelpers.AddQueryString(post_logout_redirect_uri, "state", state ?? "")));
    }

    private JsonObject Discovered()
    {
        var document = new JsonObject
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = Issuer + "/authorize",
            ["token_endpoint"] = Issuer + "/token",
            ["userinfo_endpoint"] = Issuer + "/userinfo",
            ["jwks_uri"] = Issuer + "/keys",
            ["end_session_endpoint"] = Issuer + "/logout",
            ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "PS384", "HS256", "none"),
            ["authorization_response_iss_parameter_supported"] = true,
        };
        Discovery(document);
        return document;
    }

    private JsonObject PublishedKeys()
    {
        var set = new JsonObject { ["keys"] = new JsonArray(PublicKey(Key.Id, Key.Rsa)) };
        KeySet(set);
        return set;
    }

    private IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256") return Results.BadRequest();
        var code = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
        _codes[code] = new Grant(query["redirect_uri"].ToString(), query["nonce"].ToString(), query["code_challenge"].ToString());
        var answer = new Dictionary<string, string> { ["code"] = code, ["state"] = query["state"].ToString(), ["iss"] = Issuer };
        Answer(answer);
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), answer!));
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (!IsClient(context, form)) return Json(new JsonObject { ["error"] = "invalid_client" }, 401);
        if (!_codes.TryRemove(form["code"].ToString(), out var grant) || grant.RedirectUri != form["redirect_uri"] || !(ForgetsPkce || Challenge(form["code_verifier"].ToString()) == grant.Challenge))
            return Json(new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "<script>alert(1)</script>" }, 400);
        var accessToken = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
        _accessTokens[accessToken] = "";
        var answer = new JsonObject { ["access_token"] = accessToken, ["token_type"] = "Bearer", ["expires_in"] = 60, ["id_token"] = IdToken(NewIdToken(grant, accessToken)) };
        TokenAnswer(answer);
        return Json(answer);
    }

    private string NewIdToken(Grant grant, string accessToken)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = Key.Id };
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = ClientId,
            ["exp"] = now + 300,
            ["iat"] = now,
            ["nonce"] = grant.Nonce,
            ["at_hash"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))[..16]),
        };
        foreach (var (name, value) in Person)
            if (!AtUserInfo.Contains(name)) claims[name] = value?.DeepClone();
        Header(header);
        Claims(claims);
        return Sign(header.ToJsonString(), claims.ToJsonString());
    }

    private IResult UserInfoOf(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString();
        if (!token.StartsWith("Bearer ", StringComparison.Ordinal) || !_accessTokens.ContainsKey(token[7..])) return Results.StatusCode(401);
        var claims = new JsonObject();
        foreach (var (name, value) in Person)
            if (name == "sub" || AtUserInfo.Contains(name)) claims[name] = value?.DeepClone();
        UserInfo(claims);
        return Json(claims);
    }

    private bool IsClient(HttpContext context, IFormCollection form)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            Authentication = "post";
            return form["client_id"] == ClientId && form["client_secret"] == Secret;
        }

        Authentication = "basic";
        var pair = Encoding.ASCII.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':').Select(WebUtility.UrlDecode).ToArray();
        return pair is [ClientId, Secret] && !form.ContainsKey("client_secret");
    }

    private (string Id, RSA Rsa) NewKey() => ($"key-{++_keys}", Keys[_keys % Keys.Length]);

    private static string Challenge(string verifier) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static IResult Json(JsonObject value, int status = 200) => Results.Text(value.ToJsonString(), "application/json", Encoding.UTF8, status);

    private sealed record Grant(string RedirectUri, string Nonce, string Challenge);
}
