using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>A provider, or somebody between, who says what is not so. Every one of these is refused, in the same words.</summary>
public sealed class OidcAttackTests
{
    private const string Script = "<script>alert(1)</script>";

    private static readonly RSA Foreign = RSA.Create(2048);

    private static readonly Dictionary<string, Action<StandInOidc>> Attacks = new(StringComparer.Ordinal)
    {
        // The browser's answer
        ["state missing"] = Answer(x => x.Remove("state")),
        ["state empty"] = Answer(x => x["state"] = ""),
        ["state foreign"] = Answer(x => x["state"] = new string('A', 43)),
        ["state cut"] = Answer(x => x["state"] = x["state"][..42]),
        ["code missing"] = Answer(x => x.Remove("code")),
        ["code invented"] = Answer(x => x["code"] = "abc"),
        ["code long"] = Answer(x => x["code"] = new string('a', 9000)),
        ["issuer missing though promised"] = Answer(x => x.Remove("iss")),
        ["issuer of another"] = Answer(x => x["iss"] = "https://other.example.com"),
        ["issuer with a slash"] = Answer(x => x["iss"] += "/"),
        ["issuer of another though none is promised"] = idp =>
        {
            idp.Discovery = x => x.Remove("authorization_response_iss_parameter_supported");
            idp.Answer = x => x["iss"] = "https://other.example.com";
        },
        ["error"] = Answer(x => x["error"] = "access_denied"),
        ["error with a script"] = Answer(x => (x["error"], x["error_description"]) = (Script, Script)),
        ["error and code"] = Answer(x => x["error"] = "server_error"),

        // The token endpoint's answer
        ["no ID token"] = TokenAnswer(x => x.Remove("id_token")),
        ["ID token empty"] = TokenAnswer(x => x["id_token"] = ""),
        ["ID token a number"] = TokenAnswer(x => x["id_token"] = 7),
        ["ID token garbage"] = TokenAnswer(x => x["id_token"] = "a.b.c"),
        ["ID token of one part"] = TokenAnswer(x => x["id_token"] = "abc"),
        ["ID token encrypted"] = TokenAnswer(x => x["id_token"] = StandInOidc.Encode("""{"alg":"dir","enc":"A256GCM"}""") + ".a.b.c.d"),
        ["access token of another"] = TokenAnswer(x => x["access_token"] = "other"),
        ["access token missing though hashed"] = TokenAnswer(x => x.Remove("access_token")),
        ["token endpoint refuses with a script"] = Instead("/token", () => Results.Text($$"""{"error":"{{Script}}"}""", "application/json", statusCode: 400)),
        ["token endpoint answers HTML"] = Instead("/token", () => Results.Text(Script, "text/html")),
        ["token endpoint answers a list"] = Instead("/token", () => Results.Text("[]", "application/json")),
        ["token endpoint redirects"] = Instead("/token", () => Results.Redirect("/userinfo", preserveMethod: true)),
        ["token endpoint answers half a character"] = Instead("/token", () => Results.Text("""{"id_token":"\ud83d"}""", "application/json")),
        ["token endpoint answers half a character for a name"] = Instead("/token", () => Results.Text("""{"\ud83d":"","id_token":"a.b.c"}""", "application/json")),
        ["access token with a line end"] = AccessToken("a\r\nX-Other: b"),
        ["access token with a blank"] = AccessToken("a b"),
        ["token endpoint answers twice"] = Instead("/token", () => Results.Text("""{"id_token":"a","id_token":"b"}""", "application/json")),

        // The signature
        ["alg none"] = Header(x => x["alg"] = "none"),
        ["alg None"] = Header(x => x["alg"] = "NoNe"),
        ["alg missing"] = Header(x => x.Remove("alg")),
        ["alg HS256 with the public key"] = Header(x => x["alg"] = "HS256"),
        ["alg HS512 with the client secret"] = Header(x => x["alg"] = "HS512"),
        ["alg that discovery does not name"] = Header(x => x["alg"] = "RS512"),
        ["signature missing"] = Token((_, token) => token[..(token.LastIndexOf('.') + 1)]),
        ["signature cut off"] = Token((_, token) => token[..token.LastIndexOf('.')]),
        ["signature changed"] = Token((_, token) => token[..^4] + "AAAA"),
        ["claims changed after signing"] = Token((_, token) => Replace(token, OidcProtocolTests.Payload(token).Replace("subject-1", "subject-2", StringComparison.Ordinal))),
        ["key of another by the same name"] = Token((idp, token) => idp.Sign($$"""{"alg":"RS256","kid":"{{idp.Key.Id}}"}""", OidcProtocolTests.Payload(token), Foreign)),
        ["key not published"] = Token((idp, token) => idp.Sign("""{"alg":"RS256","kid":"mine"}""", OidcProtocolTests.Payload(token), Foreign)),
        ["key without a name not published"] = Token((idp, token) => idp.Sign("""{"alg":"RS256"}""", OidcProtocolTests.Payload(token), Foreign)),
        ["key in the token"] = Token((idp, token) => idp.Sign(new JsonObject { ["alg"] = "RS256", ["jwk"] = StandInOidc.PublicKey("mine", Foreign) }.ToJsonString(), OidcProtocolTests.Payload(token), Foreign)),
        ["key for encryption"] = idp =>
        {
            idp.KeySet = x => x["keys"]!.AsArray().Add(Encryption());
            idp.IdToken = token => idp.Sign("""{"alg":"RS256","kid":"enc"}""", OidcProtocolTests.Payload(token), Foreign);
        },
        ["symmetric key published"] = idp =>
        {
            idp.KeySet = x => x["keys"]!.AsArray().Add(new JsonObject { ["kty"] = "oct", ["kid"] = "sym", ["k"] = WebEncoders.Base64UrlEncode(new byte[32]) });
            idp.IdToken = token => Hmac("""{"alg":"HS256","kid":"sym"}""", OidcProtocolTests.Payload(token), new byte[32]);
        },
        ["extension demanded"] = Header(x => (x["crit"], x["x"]) = (new JsonArray("x"), 1)),
        ["an access token for an ID token"] = Header(x => x["typ"] = "at+jwt"),
        ["a logout token for an ID token"] = Header(x => x["typ"] = "logout+jwt"),
        ["header with a member twice"] = Token((idp, token) => idp.Sign($$"""{"alg":"RS256","alg":"RS256","kid":"{{idp.Key.Id}}"}""", OidcProtocolTests.Payload(token), algorithm: "RS256")),

        // The claims
        ["iss of another"] = Claims(x => x["iss"] = "https://other.example.com"),
        ["iss missing"] = Claims(x => x.Remove("iss")),
        ["iss with a slash"] = Claims(x => x["iss"] += "/"),
        ["aud of another"] = Claims(x => x["aud"] = "other"),
        ["aud in another case"] = Claims(x => x["aud"] = "RUNAI"),
        ["aud missing"] = Claims(x => x.Remove("aud")),
        ["aud empty"] = Claims(x => x["aud"] = new JsonArray()),
        ["aud several without azp"] = Claims(x => x["aud"] = new JsonArray("runai", "other")),
        ["aud several, azp of another"] = Claims(x => (x["aud"], x["azp"]) = (new JsonArray("runai", "other"), "other")),
        ["azp of another"] = Claims(x => x["azp"] = "other"),
        ["azp a list"] = Claims(x => x["azp"] = new JsonArray("runai")),
        ["expired"] = Claims(x => x["exp"] = x["exp"]!.GetValue<long>() - 3600),
        ["exp missing"] = Claims(x => x.Remove("exp")),
        ["exp a text"] = Claims(x => x["exp"] = "9999999999"),
        ["exp beyond numbers"] = Token((idp, token) => idp.Sign(Head(idp), OidcProtocolTests.Payload(token).Replace("\"exp\":", "\"exp\":1e999,\"was\":", StringComparison.Ordinal))),
        ["issued in the future"] = Claims(x => x["iat"] = x["iat"]!.GetValue<long>() + 3600),
        ["iat missing"] = Claims(x => x.Remove("iat")),
        ["not valid yet"] = Claims(x => x["nbf"] = x["iat"]!.GetValue<long>() + 3600),
        ["nonce of another"] = Claims(x => x["nonce"] = new string('A', 43)),
        ["nonce missing"] = Claims(x => x.Remove("nonce")),
        ["nonce a list"] = Claims(x => x["nonce"] = new JsonArray(x["nonce"]!.GetValue<string>())),
        ["sub missing"] = Claims(x => x.Remove("sub")),
        ["sub empty"] = Claims(x => x["sub"] = ""),
        ["sub a number"] = Claims(x => x["sub"] = 7),
        ["sub too long"] = Claims(x => x["sub"] = new string('a', 256)),
        ["sub twice"] = Token((idp, token) => idp.Sign(Head(idp), OidcProtocolTests.Payload(token).Replace("\"sub\":", "\"sub\":\"other\",\"sub\":", StringComparison.Ordinal))),
        ["at_hash wrong"] = Claims(x => x["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA"),
        ["at_hash no text"] = Claims(x => x["at_hash"] = 7),
        ["name of half a character"] = Token((idp, token) => idp.Sign(Head(idp), OidcProtocolTests.Payload(token).Replace("\"sub\":", "\"given_name\":\"Ada \\ud83d\",\"sub\":", StringComparison.Ordinal))),
        ["group of half a character"] = Token((idp, token) => idp.Sign(Head(idp), OidcProtocolTests.Payload(token).Replace("\"sub\":", "\"groups\":[{\"name\":\"\\udc00\"}],\"sub\":", StringComparison.Ordinal))),
        ["groups no groups"] = Claims(x => x["groups"] = 7),

        // The userinfo endpoint's answer
        ["userinfo of another"] = UserInfo(x => x["sub"] = "subject-2"),
        ["userinfo of nobody"] = UserInfo(x => x.Remove("sub")),
        ["userinfo in another case"] = UserInfo(x => x["sub"] = "SUBJECT-1"),
        ["userinfo refused"] = Instead("/userinfo", () => Results.StatusCode(401)),
        ["userinfo a page"] = Instead("/userinfo", () => Results.Text(Script, "text/html")),
        ["userinfo with half a character"] = Instead("/userinfo", () => Results.Text("""{"sub":"subject-1","name":{"\udfff":1}}""", "application/json")),
        ["userinfo with a member twice"] = Instead("/userinfo", () => Results.Text("""{"sub":"subject-1","sub":"subject-1"}""", "application/json")),
        ["userinfo elsewhere"] = Instead("/userinfo", () => Results.Redirect("/keys")),
    };

    public static TheoryData<string> All => [.. Attacks.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Finish_Attack_RefusedInTheSameWords(string attack)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        Attacks[attack](shop.Idp);
        var refusal = await shop.RefusalAsync();
        refusal.Code.Should().Be(SsoRefusalCodes.SignInFailed);
        refusal.Message.Should().NotContain("script").And.NotContain("eyJ").And.NotContain(StandInOidc.Secret);
    }

    [Fact]
    public void Attacks_AreAtLeastSeventy() => Attacks.Should().HaveCountGreaterThanOrEqualTo(70);

    [Theory]
    [InlineData("state")]
    [InlineData("code")]
    [InlineData("iss")]
    [InlineData("error")]
    public async Task Finish_ParameterTwice_Refused(string name)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var attempt = shop.NewAttempt();
        var query = await shop.VisitAsync(await shop.BeginAsync(attempt));
        var twice = query.Contains($"{name}=", StringComparison.Ordinal) ? $"{query}&{name}={QueryHelpers.ParseQuery(query)[name]}" : $"{query}&{name}=a&{name}=b";
        await RefusedAsync(shop, twice, attempt);
    }

    [Fact]
    public async Task Finish_CodeOfAnotherAttempt_RefusedByPkce()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        await InjectAsync(shop);
        shop.Idp.Asked["/token"].Should().Be(1);
    }

    [Fact]
    public async Task Finish_CodeOfAnotherAttemptAtAProviderWithoutPkce_RefusedByTheNonce()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.ForgetsPkce = true;
        await InjectAsync(shop);
    }

    [Fact]
    public async Task Finish_CodeAgain_Refused()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var attempt = shop.NewAttempt();
        var query = await shop.VisitAsync(await shop.BeginAsync(attempt));
        await shop.FinishAsync(query, attempt);
        await RefusedAsync(shop, query, attempt);
    }

    [Fact]
    public async Task Finish_AnswerOfAnotherProvider_RefusedBeforeItsCodeGoesAnywhere()
    {
        await using var honest = await OidcWorkshop.OpenAsync();
        await using var evil = await OidcWorkshop.OpenAsync();
        var attempt = honest.NewAttempt();
        await honest.BeginAsync(attempt);
        var query = await evil.VisitAsync(await evil.BeginAsync(attempt));
        await RefusedAsync(honest, query, attempt);
        honest.Idp.Asked.Should().NotContainKey("/token");
    }

    [Fact]
    public async Task Finish_SecretThatIsNotTheProviders_Refused()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Provider = shop.Provider with { Secret = "wrong" };
        (await shop.RefusalAsync()).Code.Should().Be(SsoRefusalCodes.SignInFailed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?state=a&state=b")]
    [InlineData("?State=a")]
    public async Task FindHandle_NoneOrSeveral_None(string query)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        var handle = shop.Protocol.FindHandle(context, null);
        if (query == "?State=a") handle.Should().Be("a", "parameters of a query are found in any case");
        else handle.Should().BeNull();
    }

    private static async Task InjectAsync(OidcWorkshop shop)
    {
        var (victims, attackers) = (shop.NewAttempt(), shop.NewAttempt());
        var stolen = QueryHelpers.ParseQuery(await shop.VisitAsync(await shop.BeginAsync(victims)));
        stolen["state"] = attackers.Handle;
        await RefusedAsync(shop, QueryHelpers.AddQueryString("", stolen), attackers);
    }

    private static async Task RefusedAsync(OidcWorkshop shop, string query, SignInAttempt attempt)
        => (await shop.Awaiting(x => x.FinishAsync(query, attempt)).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be(SsoRefusalCodes.SignInFailed);

    /// <summary>One that goes to the userinfo endpoint: the ID token says nothing of it.</summary>
    private static Action<StandInOidc> AccessToken(string text) => idp =>
    {
        idp.Claims = claims => claims.Remove("at_hash");
        idp.TokenAnswer = answer => answer["access_token"] = text;
    };

    private static Action<StandInOidc> Answer(Action<Dictionary<string, string>> spoil) => idp => idp.Answer = spoil;

    private static Action<StandInOidc> TokenAnswer(Action<JsonObject> spoil) => idp => idp.TokenAnswer = spoil;

    private static Action<StandInOidc> Header(Action<JsonObject> spoil) => idp => idp.Header = spoil;

    private static Action<StandInOidc> Claims(Action<JsonObject> spoil) => idp => idp.Claims = spoil;

    private static Action<StandInOidc> UserInfo(Action<JsonObject> spoil) => idp => idp.UserInfo = spoil;

    private static Action<StandInOidc> Token(Func<StandInOidc, string, string> spoil) => idp => idp.IdToken = token => spoil(idp, token);

    private static Action<StandInOidc> Instead(string path, Func<IResult> answer) => idp => idp.Instead[path] = answer;

    private static string Head(StandInOidc idp) => $$"""{"alg":"RS256","kid":"{{idp.Key.Id}}"}""";

    private static string Replace(string token, string payload)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{StandInOidc.Encode(payload)}.{parts[2]}";
    }

    private static string Hmac(string header, string payload, byte[] key)
    {
        var content = $"{StandInOidc.Encode(header)}.{StandInOidc.Encode(payload)}";
        return $"{content}.{WebEncoders.Base64UrlEncode(HMACSHA256.HashData(key, System.Text.Encoding.ASCII.GetBytes(content)))}";
    }

    private static JsonObject Encryption()
    {
        var key = StandInOidc.PublicKey("enc", Foreign);
        key["use"] = "enc";
        return key;
    }
}
