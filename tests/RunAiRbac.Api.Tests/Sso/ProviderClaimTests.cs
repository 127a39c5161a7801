using System.Text;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Sso;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>How claims are found and what is made of them.</summary>
public sealed class ProviderClaimTests
{
    [Theory]
    [InlineData("""{"groups":["a","b"]}""", "a,b")]
    [InlineData("""{"groups":[]}""", "")]
    [InlineData("""{"groups":["a","a"," ",""]}""", "a")]
    [InlineData("""{"groups":["A","a"]}""", "A,a")]
    [InlineData("""{"groups":"a, b"}""", "a, b")]
    [InlineData("""{"groups":""}""", "")]
    [InlineData("""{"groups":[{"name":"a","id":1},"b"]}""", "a,b")]
    [InlineData("""{"groups":{}}""", "")]
    [InlineData("""{"groups":{"1":"a","2":"b"}}""", "a,b")]
    [InlineData("""{"groups":{"x":{"name":"a"},"b":{"since":"2020"},"c":true,"d":false,"e":null}}""", "a,b,c")]
    [InlineData("""{"groups":null}""", null)]
    [InlineData("""{"Groups":["a"]}""", null)]
    [InlineData("{}", null)]
    public void Groups_EveryForm_ReadAsWrittenDown(string json, string? groups)
    {
        var read = Map(json, new Mappers { Groups = "groups" }).Groups;
        (read is null ? null : string.Join(',', read)).Should().Be(groups);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("true")]
    [InlineData("[7]")]
    [InlineData("[null]")]
    [InlineData("""["a",["b"]]""")]
    [InlineData("""[{"id":"a"}]""")]
    [InlineData("""{"a":7}""")]
    [InlineData("""{"a":["b"]}""")]
    public void Groups_NotUnderstood_Refused(string claim)
        => FluentActions.Invoking(() => Map($$"""{"groups":{{claim}}}""", new Mappers { Groups = "groups" })).Should().Throw<SsoRefusal>().Which.Code.Should().Be("sign_in_failed");

    [Theory]
    [InlineData("realm_access.roles", "a")]
    [InlineData("https://example.com/groups", "b")]
    [InlineData("https://example.com/nested.roles", "c")]
    [InlineData("x.y", "exact")]
    [InlineData("x.z", null)]
    [InlineData("realm_access", null)]
    [InlineData(".roles", null)]
    [InlineData("", null)]
    public void Path_ExactNameFirst_ThenMemberByMember(string path, string? value)
    {
        const string json = """{"realm_access":{"roles":"a"},"https://example.com/groups":"b","https://example.com/nested":{"roles":"c"},"x.y":"exact","x":{"y":"nested"}}""";
        Claims(json).FindText(path).Should().Be(value);
    }

    [Fact]
    public void Documents_TheEarlierCounts_NullIsAbsent()
    {
        var claims = new ProviderClaims(Json("""{"a":"first","b":null}"""), Json("""{"a":"second","b":"second"}"""));
        (claims.FindText("a"), claims.FindText("b")).Should().Be(("first", "second"));
    }

    [Theory]
    [InlineData("email", """{"email":"a@example.com","email_verified":true}""", true)]
    [InlineData("email", """{"email":"a@example.com","email_verified":"true"}""", true)]
    [InlineData("email", """{"email":"a@example.com","email_verified":false}""", false)]
    [InlineData("email", """{"email":"a@example.com","email_verified":"False"}""", false)]
    [InlineData("email", """{"email":"a@example.com","email_verified":1}""", null)]
    [InlineData("email", """{"email":"a@example.com"}""", null)]
    [InlineData("upn", """{"upn":"a@example.com","email_verified":true}""", null)]
    public void EmailVerified_OnlyWhatIsSaidOfThisClaim(string mapper, string json, bool? verified) => Map(json, new Mappers { Email = mapper }).EmailVerified.Should().Be(verified);

    [Fact]
    public void Map_IdsOfMachines_AsTexts()
    {
        var said = Map("""{"UID":1000,"GID":"2000","SUPPLEMENTARYGROUPS":[1,"2",{}],"given_name":"Ada","familyName":"L"}""", ProviderTypes.DefaultMappers(ProviderTypes.Oidc) with { LastName = "familyName" });
        said.Attributes["uid"].Should().Equal("1000");
        said.Attributes["gid"].Should().Equal("2000");
        said.Attributes["supplementaryGroups"].Should().Equal("1", "2");
        (said.FirstName, said.LastName).Should().Be(("Ada", "L"));
    }

    [Fact]
    public void Map_NotMapped_NotKept()
    {
        var said = Map("""{"email":"a@example.com","groups":["a"],"given_name":"Ada","UID":1}""", new Mappers { Email = "email", Groups = "", FirstName = "" });
        (said.Email, said.Groups, said.FirstName).Should().Be(("a@example.com", null, null));
        said.Attributes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"b":1}}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("")]
    public void Json_NotOneObjectWithEachMemberOnce_IsNone(string json) => ProviderJson.FindObject(Encoding.UTF8.GetBytes(json)).Should().BeNull();

    private static ProviderSignIn Map(string json, Mappers mappers)
        => ClaimMapping.Map(new SsoProvider(1, "id", "oidc", ProviderTypes.Oidc, "oidc", new ProviderSettings { Mappers = mappers }, null, []), "sub", Claims(json));

    private static ProviderClaims Claims(string json) => new(Json(json));

    private static System.Text.Json.JsonElement Json(string json) => ProviderJson.DemandObject(Encoding.UTF8.GetBytes(json), "the test's JSON");
}
