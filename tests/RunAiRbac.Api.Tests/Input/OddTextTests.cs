using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>Texts that no column or reader could take: the same 400 on both databases, naming the field, and nothing written.</summary>
public sealed class OddTextTests(PostgresFixture postgres)
{
    private static readonly string[] Controls = ["\\u0000", "a\\u0000b", "\\u0007", "a\\u001bb", "\\u0085", "\\ud800", "\\udc00x", "\\u202eabc", "\\u2066", "\\u200f", "\\u2028"];

    private static readonly string[] Lists =
    [
        "/api/v1/users", "/api/v1/users/count", "/api/v1/groups", "/api/v1/apps", "/api/v1/service-accounts", "/api/v1/org-unit/projects", "/api/v1/org-unit/projects/count",
        "/api/v1/authorization/access-rules", "/api/v1/authorization/access-rules/count", "/api/v1/authorization/me/access-rules",
        "/api/v1/authorization/me/access-rules/count",
    ];

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_ControlCharactersInTheQuery_NamesTheParameter(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        string[] odd = ["%00", "a%00b", "%01", "%1b%5b2J", "%7f", "%e2%80%ae", "%e2%80%a8"];
        foreach (var list in Lists)
        {
            foreach (var value in odd) (await host.JsonAsync("GET", $"{list}?search={value}")).Refused(400).Details.Should().Be("search");
        }

        foreach (var list in new[] { "/api/v1/authorization/access-rules", "/api/v1/authorization/access-rules/count" })
        {
            // Paging and sorting mean nothing to a count: unknown there, and ignored.
            string[] paging = list.EndsWith("count", StringComparison.Ordinal) ? [] : ["sortBy", "sortOrder", "limit", "offset"];
            foreach (var name in paging.Concat(["subjectIds", "subjectIdFilter", "subjectType", "scopeId", "scopeType", "clusterId", "roleId", "lastUpdated", "includeDeleted", "filterBy"]))
            {
                // A count knows no pages and no order.
                if (list.EndsWith("/count", StringComparison.Ordinal) && name is ("sortBy" or "sortOrder" or "limit" or "offset")) continue;
                foreach (var value in odd) (await host.JsonAsync("GET", $"{list}?{name}={value}")).Refused(400).Details.Should().Be(name);
            }

            (await host.JsonAsync("GET", $"{list}?subjectIds=a&subjectIds=b%00")).Refused(400).Details.Should().Be("subjectIds");
            (await host.JsonAsync("GET", $"{list}?roleId=5%00")).Refused(400).Details.Should().Be("roleId");
        }

        // A parameter that no list knows is ignored, whatever it holds; an odd text that is plain finds nothing.
        (await host.JsonAsync("GET", "/api/v1/users?unknown=%00")).Good();
        foreach (var plain in new[] { "%25", "_", "%5c", "%27%3b--", "%f0%9f%98%80", "%c4%b0" }) (await host.JsonAsync("GET", $"/api/v1/groups?search={plain}")).Good().Json.GetArrayLength().Should().Be(0);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_TextsThatCannotBeKept_NamesTheFieldAndWritesNothing(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var cluster = (await host.MakeAsync("/api/v1/clusters", new { name = "east" })).GetProperty("uuid").GetString();
        var user = (await host.MakeAsync("/api/v1/users", new { email = "ann@example.com" })).GetProperty("id").GetString();
        var before = await host.RevisionAsync();
        foreach (var odd in Controls)
        {
            var rule = "\"roleId\":7,\"scopeType\":\"tenant\",\"scopeId\":\"1\"";
            (string Method, string Path, string Body, string Field)[] cases =
            [
                ("POST", "/api/v1/users", $$"""{"email":"{{odd}}@example.com"}""", "email"),
                ("POST", "/api/v1/users", $$"""{"email":"x@{{odd}}.com"}""", "email"),
                ("POST", "/api/v1/users", $$"""{"email":"x@example.com","firstName":"{{odd}}"}""", "firstName"),
                ("POST", "/api/v1/users", $$"""{"email":"x@example.com","lastName":"{{odd}}"}""", "lastName"),
                ("POST", "/api/v1/apps", $$"""{"name":"{{odd}}"}""", "name"),
                ("POST", "/api/v1/service-accounts", $$"""{"name":"a{{odd}}b"}""", "name"),
                ("POST", "/api/v1/clusters", $$"""{"name":"{{odd}}"}""", "name"),
                ("POST", "/api/v1/clusters", $$"""{"name":"x","domain":"{{odd}}"}""", "domain"),
                ("POST", "/api/v1/clusters", $$"""{"name":"x","version":"{{odd}}"}""", "version"),
                ("PUT", $"/api/v1/clusters/{cluster}", $$"""{"name":"{{odd}}"}""", "name"),
                ("POST", "/api/v1/org-unit/departments", $$"""{"name":"{{odd}}","clusterId":"{{cluster}}"}""", "name"),
                ("POST", "/api/v1/org-unit/projects", $$"""{"name":"{{odd}}","clusterId":"{{cluster}}"}""", "name"),
                ("POST", "/api/v1/org-unit/projects", $$"""{"name":"x","clusterId":"{{cluster}}","requestedNamespace":"{{odd}}"}""", "requestedNamespace"),
                ("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"group","subjectId":"{{odd}}",{{rule}}}""", "subjectId"),
                ("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"user","subjectId":"x@{{odd}}example.com",{{rule}}}""", "subjectId"),
                ("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"app","subjectId":"{{odd}}",{{rule}}}""", "subjectId"),
                ("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"group","subjectId":"g","reason":"{{odd}}",{{rule}}}""", "reason"),
                ("PUT", $"/api/v1/users/{user}/groups", $$"""{"source":"directory","groups":["ok","{{odd}}"]}""", "groups[1]"),
            ];
            foreach (var (method, path, body, field) in cases) (await host.JsonAsync(method, path, body)).Refused(400).Details.Should().Be(field);
        }

        foreach (var odd in new[] { "\\u0000", "\\ud800" })
        {
            var details = $$"""{"name":"x","clusterId":"{{cluster}}","description":"{{odd}}"}""";
            (await host.JsonAsync("POST", "/api/v1/org-unit/departments", details)).Refused(400).Details.Should().Be("description");
            (await host.JsonAsync("POST", "/api/v1/org-unit/projects", details)).Refused(400).Details.Should().Be("description");
            (await host.JsonAsync("POST", "/api/v1/org-unit/projects", $$$$"""{"name":"x","clusterId":"{{{{cluster}}}}","nodeTypes":{"names":{"a{{{{odd}}}}":"b"}}}""")).Refused(400);
        }

        // Invisible characters would make two names that look alike.
        foreach (var odd in new[] { "a\\u200bb", "a\\u00adb", "a\\ufeff", "a\\u200d", "\\udb40\\udc61a" })
        {
            (await host.JsonAsync("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"group","subjectId":"{{odd}}","roleId":7,"scopeType":"tenant","scopeId":"1"}""")).Refused(400).Details.Should().Be("subjectId");
            (await host.JsonAsync("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"user","subjectId":"x@{{odd}}.com","roleId":7,"scopeType":"tenant","scopeId":"1"}""")).Refused(400).Details.Should().Be("subjectId");
            (await host.JsonAsync("POST", "/api/v1/users", $$"""{"email":"x@{{odd}}.com"}""")).Refused(400).Details.Should().Be("email");
            (await host.JsonAsync("PUT", $"/api/v1/users/{user}/groups", $$"""{"source":"directory","groups":["{{odd}}"]}""")).Refused(400).Details.Should().Be("groups[0]");
            (await host.JsonAsync("POST", "/api/v1/clusters", $$"""{"name":"{{odd}}"}""")).Refused(400).Details.Should().Be("name");
        }

        (await host.RevisionAsync()).Should().Be(before);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_LongerThanTheColumns_IsRefusedOnBothDatabasesAlike(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var cluster = (await host.MakeAsync("/api/v1/clusters", new { name = "east" })).GetProperty("uuid").GetString();
        var user = (await host.MakeAsync("/api/v1/users", new { email = "ann@example.com" })).GetProperty("id").GetString();
        var before = await host.RevisionAsync();
        (string Method, string Path, Func<string, object> Body, string Field, int Longest)[] cases =
        [
            ("POST", "/api/v1/users", x => new { email = x + "@example.com" }, "email", 254),
            ("POST", "/api/v1/users", x => new { email = "x@example.com", firstName = x }, "firstName", 256),
            ("POST", "/api/v1/users", x => new { email = "x@example.com", lastName = x }, "lastName", 256),
            ("POST", "/api/v1/apps", x => new { name = x }, "name", 255),
            ("POST", "/api/v1/clusters", x => new { name = x }, "name", 253),
            ("POST", "/api/v1/clusters", x => new { name = "x", domain = x }, "domain", 253),
            ("POST", "/api/v1/clusters", x => new { name = "x", version = x }, "version", 253),
            ("PUT", $"/api/v1/clusters/{cluster}", x => new { name = x }, "name", 253),
            ("POST", "/api/v1/org-unit/departments", x => new { name = x, clusterId = cluster }, "name", 63),
            ("POST", "/api/v1/org-unit/projects", x => new { name = x, clusterId = cluster, requestedNamespace = "ns" }, "name", 63),
            ("POST", "/api/v1/org-unit/projects", x => new { name = "x", clusterId = cluster, requestedNamespace = x }, "requestedNamespace", 63),
            ("PUT", $"/api/v1/users/{user}/groups", x => new { source = "directory", groups = new[] { x } }, "groups[0]", 256),
            ("POST", "/api/v1/authorization/access-rules", x => Rule("group", x, "r"), "subjectId", 320),
            ("POST", "/api/v1/authorization/access-rules", x => Rule("user", x + "@example.com", "r"), "subjectId", 254),
            ("POST", "/api/v1/authorization/access-rules", x => Rule("group", "g", x), "reason", 1024),
        ];
        foreach (var (method, path, body, field, longest) in cases)
        {
            foreach (var length in new[] { longest + 1, 513, 1025, 100_000 }.Where(length => length > longest))
                (await host.JsonAsync(method, path, JsonSerializer.Serialize(body(new string('a', length))))).Refused(400).Details.Should().Be(field);
        }

        (await host.RevisionAsync()).Should().Be(before);

        // The longest of each is kept, four bytes to the character too.
        (await host.JsonAsync("POST", "/api/v1/clusters", JsonSerializer.Serialize(new { name = new string('漢', 253) }))).Good();
        (await host.JsonAsync("POST", "/api/v1/users", JsonSerializer.Serialize(new { email = new string('a', 242) + "@example.com", firstName = string.Concat(Enumerable.Repeat("😀", 128)) }))).Good();
        (await host.JsonAsync("POST", "/api/v1/apps", JsonSerializer.Serialize(new { name = new string('a', 255) }))).Good();
        (await host.JsonAsync("POST", "/api/v1/authorization/access-rules", JsonSerializer.Serialize(Rule("group", new string('漢', 320), new string('漢', 1024))))).Good();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SignIn_TextsThatCannotBeStored_IsRefusedAndNo500(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        foreach (var odd in new[] { "\\u0000", "a\\u0000@example.com", "\\ud800", "\\udfff" })
        {
            foreach (var (body, field) in new[]
            {
                ($$"""{"grantType":"password","username":"{{odd}}","password":"x"}""", "username"),
                ($$"""{"grantType":"password","username":"x","password":"{{odd}}"}""", "password"),
                ($$"""{"grantType":"app_token","appID":"{{odd}}","appSecret":"x"}""", "appID"),
                ($$"""{"grantType":"client_credentials","clientID":"x","clientSecret":"{{odd}}"}""", "clientSecret"),
                ($$"""{"grantType":"refresh_token","refreshToken":"{{odd}}"}""", "refreshToken"),
                ($$"""{"grantType":"{{odd}}"}""", "grantType"),
                ($$"""{"grantType":"password","username":"x","password":"x","tenantId":"{{odd}}"}""", "tenantId"),
            })
                (await host.Wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, body))).Refused(400).Details.Should().Be(field);
            (await host.Wire.SendAsync(Sent.Json("POST", "/v1/k8s/auth/oauth/apptoken", null, $$"""{"name":"{{odd}}","secret":"x"}"""))).Refused(400);
        }

        foreach (var form in new[] { "grant_type=client_credentials&client_id=%00&client_secret=x", "grant_type=password&username=%00@b.com&password=x", "grant_type=refresh_token&refresh_token=%00" })
            (await host.Wire.SendAsync(Sent.Form("/api/v2/token", null, form))).Refused(400).OAuthError.Should().Be("invalid_request");
        (await host.Wire.SendAsync(Sent.Form("/oauth2/revoke", null, "token=%00"))).Refused(400);
        var basic = Convert.ToBase64String("%00:x"u8.ToArray());
        (await host.Wire.SendAsync(Sent.Form("/api/v2/token", null, "grant_type=client_credentials") with { Headers = [("Authorization", "Basic " + basic)] })).Refused(401).OAuthError.Should().Be("invalid_client");
        (await host.Wire.SendAsync(new Sent("POST", "/api/v2/token") { Body = Encoding.UTF8.GetBytes("grant_type=%00"), ContentType = "application/x-www-form-urlencodedly" })).Refused(415);
        (await host.Wire.SendAsync(new Sent("POST", "/api/v2/token") { Body = Encoding.UTF8.GetBytes("grant_type=x"), ContentType = "application/x-www-form-urlencoded; ;=" })).Code.Should().BeOneOf(400, 415);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Email_OddForms_AreOneUserOrNone(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var before = await host.RevisionAsync();
        string[] bad =
        [
            "", " ", "@", "a@", "@b.com", "a", "a b@example.com", " a@example.com", "a@example.com ", "\"a b\"@example.com", "a@@example.com", "a@b@example.com", "a@example.com.", "a@.com",
            "a@example", "a@[127.0.0.1]", "ä@example.com", "\u212Aate@example.com", "d\u0131@example.com", "a,b@example.com", "a;b@example.com", "<a@example.com>", "a@exa_mple.com", "a@example.com\u3002",
            "a\u3000@example.com", "a@exam ple.com", "a/../b@example.com", new string('a', 255) + "@example.com", "a@" + new string('b', 300) + ".com", "*", "a@*.com", "a'or'1'='1@example.com",
        ];
        foreach (var email in bad)
        {
            (await host.JsonAsync("POST", "/api/v1/users", JsonSerializer.Serialize(new { email }))).Refused(400).Details.Should().Be("email", "the address was {0}", email);
            var refused = await host.JsonAsync("POST", "/api/v1/authorization/access-rules", JsonSerializer.Serialize(Rule("user", email, "r")));
            refused.Code.Should().BeOneOf([400, 404], "the address was {0}", email);
            refused.Flaw().Should().BeNull();
        }

        (await host.RevisionAsync()).Should().Be(before);

        // Upper case, a domain in Unicode and in ASCII, name one user each time.
        foreach (var (first, same) in new[]
        {
            ("One@Example.COM", "one@example.com"), ("two@münchen.example", "two@xn--mnchen-3ya.example"), ("four+tag@example.com", "FOUR+TAG@EXAMPLE.com"), ("five@example.xn--p1ai", "five@example.рф"),
        })
        {
            (await host.JsonAsync("POST", "/api/v1/users", JsonSerializer.Serialize(new { email = first }))).Good();
            (await host.JsonAsync("POST", "/api/v1/users", JsonSerializer.Serialize(new { email = same }))).Refused(409);
        }

        // What looks alike but is not the same is another user.
        foreach (var other in new[] { "o.ne@example.com", "four@example.com", "one+x@example.com" })
            (await host.JsonAsync("POST", "/api/v1/users", JsonSerializer.Serialize(new { email = other }))).Good();
    }

    private static object Rule(string subjectType, string subjectId, string reason)
        => new { subjectType, subjectId, roleId = 7, scopeType = "tenant", scopeId = "1", reason };
}
