using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Identities;

/// <summary><c>docs/sso.md</c>: what it tells administrators to send is taken, and what it says of addresses and codes is so.</summary>
public sealed partial class SsoGuideTests(ApiHosts hosts) : ApiTests(hosts)
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(Root(), "docs", "sso.md"));

    [Theory, MemberData(nameof(Providers))]
    public async Task Examples_Posted_MakeTheProvidersTheySay(StorageProvider storage)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(storage));
        var examples = Example().Matches(Guide).Select(x => x.Groups[1].Value).ToList();
        examples.Should().HaveCount(5);
        foreach (var example in examples)
        {
            var alias = (await tenant.Admin.SendTextAsync(HttpMethod.Post, "/api/v1/idps", example)).Expect(HttpStatusCode.Created).Field("alias")!;
            var shown = (await tenant.Admin.GetAsync("/api/v1/idps/" + alias)).Expect(HttpStatusCode.OK);
            shown.Field("redirectUri").Should().Be($"{ApiHost.Issuer}/auth/{tenant.Id}/{alias}/callback");
            Guide.Should().Contain($"https://rbac.example.com/auth/1/{alias}/", "the guide tells which address to register");
            foreach (var member in JsonDocument.Parse(example).RootElement.GetProperty("mappers").EnumerateObject())
                shown.Json.GetProperty("mappers").GetProperty(member.Name).GetString().Should().Be(member.Value.GetString());
        }
    }

    [Fact]
    public void Codes_OfRefusals_AreAllExplained()
    {
        var codes = typeof(SsoRefusalCodes).GetFields().Select(x => (string)x.GetRawConstantValue()!).ToList();
        codes.Should().HaveCountGreaterThan(5);
        foreach (var code in codes) Guide.Should().Contain($"| `{code}` |");
    }

    [Fact]
    public void Options_OfTheSection_AreAllExplained()
    {
        foreach (var option in typeof(SsoOptions).GetProperties().Where(x => x.Name != "EqualityContract")) Guide.Should().Contain($"`Sso:{option.Name}`");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RunAiRbac.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        return folder.FullName;
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
