using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>What a good provider's word becomes.</summary>
public sealed class OidcProtocolTests
{
    [Fact]
    public async Task Begin_Provider_SendsTheBrowserWithStateNonceAndChallenge()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var attempt = shop.NewAttempt();
        var query = QueryHelpers.ParseQuery((await shop.BeginAsync(attempt)).Query);
        query["response_type"].Should().Equal("code");
        query["client_id"].Should().Equal(StandInOidc.ClientId);
        query["redirect_uri"].Should().Equal($"{ApiHost.Issuer}/auth/1/oidc/callback");
        query["scope"].Should().Equal("openid profile email");
        query["state"].Should().Equal(attempt.Handle);
        query["nonce"].Should().Equal(attempt.Nonce);
        query["code_challenge_method"].Should().Equal("S256");
        query["code_challenge"].ToString().Should().HaveLength(43).And.NotBe(attempt.CodeVerifier);
        query.Keys.Should().NotContain("client_secret").And.HaveCount(8);
    }

    [Fact]
    public async Task Begin_Scopes_AreThoseNamedAndOpenid()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Configure(oidc => oidc with { Scopes = ["email groups", "openid", "email"] });
        QueryHelpers.ParseQuery((await shop.BeginAsync(shop.NewAttempt())).Query)["scope"].Should().Equal("openid email groups");
    }

    [Fact]
    public async Task Begin_EndpointWithAQuery_KeepsIt()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Discovery = document => document["authorization_endpoint"] = shop.Idp.Issuer + "/authorize?policy=a%26b";
        QueryHelpers.ParseQuery((await shop.BeginAsync(shop.NewAttempt())).Query)["policy"].Should().Equal("a&b");
    }

    [Fact]
    public async Task Finish_GoodAnswer_GivesThePerson()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Map(new Mappers { Email = "email", Groups = "groups", FirstName = "given_name", LastName = "family_name", Uid = "uid", Gid = "gid", SupplementaryGroups = "more" });
        shop.Idp.Person = new JsonObject
        {
            ["sub"] = "subject-1",
            ["email"] = "ada@example.com",
            ["email_verified"] = true,
            ["given_name"] = "Ada",
            ["family_name"] = "Lovelace",
            ["groups"] = new JsonArray("research", "math"),
            ["uid"] = 1000,
            ["gid"] = 2000,
            ["more"] = new JsonArray(3, 4),
        };
        var said = await shop.SignInAsync();
        (said.SubjectClaim, said.Email, said.EmailVerified, said.FirstName, said.LastName).Should().Be(("subject-1", "ada@example.com", true, "Ada", "Lovelace"));
        said.Groups.Should().Equal("research", "math");
        said.Attributes.Should().HaveCount(3);
        said.SignOutHint.Should().MatchRegex(@"^[\w-]+\.[\w-]+\.[\w-]+$");
        shop.Idp.Asked.Should().NotContainKey("/userinfo", "everything was in the ID token");
    }

    [Theory]
    [InlineData(null, "basic")]
    [InlineData("client_secret_basic,client_secret_post", "basic")]
    [InlineData("client_secret_post", "post")]
    [InlineData("private_key_jwt,client_secret_post", "post")]
    public async Task Finish_Secret_IsShownAsTheProviderWants(string? methods, string shown)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        if (methods is not null) shop.Idp.Discovery = document => document["token_endpoint_auth_methods_supported"] = new JsonArray([.. methods.Split(',').Select(x => JsonValue.Create(x))]);
        await shop.SignInAsync();
        shop.Idp.Authentication.Should().Be(shown);
    }

    [Fact]
    public async Task Finish_ClaimsAtUserInfo_AreMergedAndTheIdTokenCountsFirst()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Person["groups"] = new JsonArray("research");
        shop.Idp.AtUserInfo.Add("groups");
        shop.Idp.UserInfo = claims => claims["email"] = "other@example.com";
        var said = await shop.SignInAsync();
        said.Groups.Should().Equal("research");
        said.Email.Should().Be("ada@example.com");
    }

    [Fact]
    public async Task Finish_UserInfoSaysUnverified_IsUnverified()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.UserInfo = claims => claims["email_verified"] = false;
        (await shop.SignInAsync()).EmailVerified.Should().BeFalse();
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("empty", "")]
    [InlineData("overage", null)]
    [InlineData("hasgroups", null)]
    [InlineData("overage of another claim", "a")]
    public async Task Finish_Groups_AbsentIsNotEmpty(string what, string? groups)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var person = shop.Idp.Person;
        if (what is "empty" or "hasgroups") person["groups"] = new JsonArray();
        if (what == "overage of another claim") person["groups"] = new JsonArray("a");
        if (what == "hasgroups") person["hasgroups"] = true;
        if (what.StartsWith("overage", StringComparison.Ordinal))
        {
            person["_claim_names"] = new JsonObject { [what == "overage" ? "groups" : "wids"] = "src1" };
            person["_claim_sources"] = new JsonObject { ["src1"] = new JsonObject { ["endpoint"] = "https://graph.example.com/users/1/getMemberObjects" } };
        }

        var said = (await shop.SignInAsync()).Groups;
        (said is null ? null : string.Join(',', said)).Should().Be(groups);
    }

    [Theory]
    [InlineData("\"research\"", true)]
    [InlineData("""["sales","research"]""", true)]
    [InlineData("\"Research\"", false)]
    [InlineData("\"research2\"", false)]
    [InlineData("""["sales"]""", false)]
    [InlineData("[]", false)]
    [InlineData("""{"research":true}""", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    public async Task Finish_MandatoryClaim_LetsInItsValuesAlone(string? claim, bool permitted)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Configure(oidc => oidc with { MandatoryClaim = new MandatoryClaim { Claim = "department", Values = ["research", "it"] } });
        if (claim is not null) shop.Idp.Person["department"] = JsonNode.Parse(claim);
        if (permitted) await shop.SignInAsync();
        else (await shop.RefusalAsync()).Code.Should().Be("not_permitted");
    }

    [Theory]
    [InlineData("RS256", true)]
    [InlineData("PS384", true)]
    [InlineData("RS512", false)]
    public async Task Finish_Algorithm_IsOneThatDiscoveryNames(string algorithm, bool good)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Header = header => header["alg"] = algorithm;
        shop.Idp.Claims = claims => claims.Remove("at_hash");
        if (good) await shop.SignInAsync();
        else (await shop.RefusalAsync()).Code.Should().Be("sign_in_failed");
    }

    [Fact]
    public async Task Finish_DiscoveryNamesNoAlgorithm_IsRs256()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Discovery = document => document.Remove("id_token_signing_alg_values_supported");
        await shop.SignInAsync();
        shop.Idp.Header = header => header["alg"] = "PS384";
        shop.Idp.Claims = claims => claims.Remove("at_hash");
        (await shop.RefusalAsync()).Code.Should().Be("sign_in_failed");
    }

    [Theory]
    [InlineData("typ")]
    [InlineData("kid")]
    public async Task Finish_OptionalHeader_MayBeAbsent(string member)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Header = header => header.Remove(member);
        await shop.SignInAsync();
    }

    [Fact]
    public async Task Finish_SeveralAudiencesAndOurParty_Good()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Claims = claims => (claims["aud"], claims["azp"]) = (new JsonArray("account", StandInOidc.ClientId), StandInOidc.ClientId);
        await shop.SignInAsync();
    }

    [Theory]
    [InlineData("exp", -59, true)]
    [InlineData("exp", -60, false)]
    [InlineData("iat", 60, true)]
    [InlineData("iat", 61, false)]
    [InlineData("nbf", 60, true)]
    [InlineData("nbf", 61, false)]
    public async Task Finish_ClockOfTheProvider_MayDifferByTheSkewAlone(string claim, int seconds, bool good)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Claims = claims => claims[claim] = shop.Clock.GetUtcNow().ToUnixTimeSeconds() + seconds;
        if (good) await shop.SignInAsync();
        else (await shop.RefusalAsync()).Code.Should().Be("sign_in_failed");
    }

    [Fact]
    public async Task Finish_ProviderRolledItsKeys_NewKeyIsFetchedOnce()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        await shop.SignInAsync();
        shop.Idp.RollKeys();
        await shop.SignInAsync();
        shop.Idp.Asked["/keys"].Should().Be(2);
    }

    [Fact]
    public async Task Finish_UnknownKeysOneAfterTheOther_AreLookedForOnceInAWhile()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Header = header => header["kid"] = "nobody's";
        for (var i = 0; i < 5; i++) (await shop.RefusalAsync()).Code.Should().Be("sign_in_failed");
        shop.Idp.Asked["/keys"].Should().Be(2);
        shop.Clock.Advance(TimeSpan.FromSeconds(11));
        await shop.RefusalAsync();
        shop.Idp.Asked["/keys"].Should().Be(3);
    }

    [Fact]
    public async Task Finish_KeyTheProviderTookBack_IsNoKeyAMinuteLater()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        await shop.SignInAsync();
        var old = shop.Idp.Key;
        shop.Idp.RollKeys();
        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        shop.Idp.IdToken = token => shop.Idp.Sign($$"""{"alg":"RS256","kid":"{{old.Id}}"}""", Payload(token), old.Rsa);
        (await shop.RefusalAsync()).Code.Should().Be("sign_in_failed");
    }

    [Fact]
    public async Task Metadata_ManySignIns_IsFetchedOnceAMinute()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        for (var i = 0; i < 3; i++) await shop.SignInAsync();
        shop.Idp.Asked["/.well-known/openid-configuration"].Should().Be(1);
        shop.Clock.Advance(TimeSpan.FromMinutes(1));
        await shop.SignInAsync();
        shop.Idp.Asked["/.well-known/openid-configuration"].Should().Be(2);
    }

    [Fact]
    public async Task Provider_Down_IsUnavailableAndTriedAgainLater()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.IsDown = true;
        (await shop.RefusalAsync()).Code.Should().Be("provider_unavailable");
        (await shop.RefusalAsync()).Code.Should().Be("provider_unavailable");
        shop.Idp.Asked["/.well-known/openid-configuration"].Should().Be(1, "a provider that is down is left alone for a moment");
        shop.Idp.IsDown = false;
        shop.Clock.Advance(TimeSpan.FromSeconds(5));
        await shop.SignInAsync();
    }

    [Fact]
    public async Task Provider_GoesDownBetween_IsUnavailable()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var attempt = shop.NewAttempt();
        var query = await shop.VisitAsync(await shop.BeginAsync(attempt));
        shop.Idp.IsDown = true;
        (await shop.Awaiting(x => x.FinishAsync(query, attempt)).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be("provider_unavailable");
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration", 500, "")]
    [InlineData("/.well-known/openid-configuration", 404, "")]
    [InlineData("/.well-known/openid-configuration", 200, "<html>")]
    [InlineData("/.well-known/openid-configuration", 200, "[]")]
    [InlineData("/.well-known/openid-configuration", 200, "{}")]
    [InlineData("/keys", 500, "")]
    [InlineData("/keys", 200, "<html>")]
    [InlineData("/keys", 200, """{"keys":[]}""")]
    [InlineData("/token", 500, "")]
    [InlineData("/token", 503, """{"error":"x"}""")]
    [InlineData("/userinfo", 502, "")]
    public async Task Provider_Broken_IsUnavailable(string path, int status, string body)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Instead[path] = () => Results.Text(body, "application/json", statusCode: status);
        (await shop.RefusalAsync()).Code.Should().Be("provider_unavailable");
    }

    [Theory]
    [InlineData("issuer", "https://other.example.com")]
    [InlineData("issuer", "not an address")]
    [InlineData("issuer", "")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("authorization_endpoint", "http://example.com/authorize")]
    [InlineData("token_endpoint", "http://example.com/token")]
    [InlineData("token_endpoint", "/token")]
    [InlineData("userinfo_endpoint", "ftp://example.com/")]
    [InlineData("end_session_endpoint", "data:text/html,x")]
    [InlineData("jwks_uri", "https://10.0.0.1/keys")]
    [InlineData("jwks_uri", "file:///etc/passwd")]
    public async Task Discovery_WrongAddress_IsNotUsed(string member, string value)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Discovery = document => document[member] = value;
        (await shop.RefusalAsync()).Code.Should().Be("provider_unavailable");
    }

    [Fact]
    public async Task SignOut_Address_NamesTheTokenAndTheWayBack()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        var address = await shop.Protocol.SignOutAddressAsync(shop.Provider, "the.id.token", ApiHost.Issuer + "/login", TestContext.Current.CancellationToken);
        address.Should().StartWith(shop.Idp.Issuer + "/logout?");
        var query = QueryHelpers.ParseQuery(new Uri(address!).Query);
        query["id_token_hint"].Should().Equal("the.id.token");
        query["post_logout_redirect_uri"].Should().Equal(ApiHost.Issuer + "/login");
        query["client_id"].Should().Equal(StandInOidc.ClientId);
        query["state"].ToString().Should().HaveLength(22);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SignOut_NoneOfferedOrProviderDown_EndsHere(bool isDown)
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Discovery = document => document.Remove("end_session_endpoint");
        shop.Idp.IsDown = isDown;
        (await shop.Protocol.SignOutAddressAsync(shop.Provider, null, ApiHost.Issuer, TestContext.Current.CancellationToken)).Should().BeNull();
    }

    [Fact]
    public async Task Finish_IdTokenTooLongForAnAddress_IsNotKept()
    {
        await using var shop = await OidcWorkshop.OpenAsync();
        shop.Idp.Claims = claims => claims["photo"] = new string('x', 4096);
        (await shop.SignInAsync()).SignOutHint.Should().BeNull();
    }

    internal static string Payload(string token) => System.Text.Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token.Split('.')[1]));
}
