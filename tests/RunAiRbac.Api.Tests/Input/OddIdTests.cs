using System.Globalization;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>Ids in every odd form, on every route that takes one: never an error of ours, never another object.</summary>
public sealed class OddIdTests(PostgresFixture postgres)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task Path_OddIds_AreNotFoundOnEveryRoute(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var cluster = (await host.MakeAsync("/api/v1/clusters", new { name = "east" })).GetProperty("uuid").GetString()!;
        var project = (await host.MakeAsync("/api/v1/org-unit/projects", new { name = "vision", clusterId = cluster })).GetProperty("id").GetString()!;
        var user = (await host.MakeAsync("/api/v1/users", new { email = "ann@example.com" })).GetProperty("id").GetString()!;
        var app = (await host.MakeAsync("/api/v1/apps", new { name = "bot" })).GetProperty("id").GetString()!;
        var rule = (await host.MakeAsync("/api/v1/authorization/access-rules", new { subjectType = "group", subjectId = "team", roleId = 7, scopeType = "tenant", scopeId = "1" })).GetProperty("id").GetInt32();
        var good = rule.ToString(CultureInfo.InvariantCulture);
        string[] odd =
        [
            "-1", "0", "00", "+1", "0" + good, good + ".0", good + "e0", "0x1", good + "%20", "%20" + good, "%09" + good, "2147483647", "2147483648", "-2147483649", "9223372036854775808",
            new string('9', 400), new string('a', 3000), "%D9%A1", "%EF%BC%91", "1%2C2", "1;2", "null", "undefined", "true", "NaN", "*", "%25", "%2525", "_", "%27%20OR%201%3D1--", "..%2f", "%2e%2e%2fusers",
            "a%2fb", "%2f", "%5c", "a%5cb", "%2e%2e", "%01", "%1b", "%7f", "%e2%80%ae", "%ff", "%c0%80", "%ed%a0%80", "%f0%9f%98%80", "%e2%84%aa", "00000000-0000-0000-0000-000000000000",
            "{" + user + "}", "%7b" + user + "%7d", user.ToUpperInvariant(), user.Replace("-", "", StringComparison.Ordinal), user + "%20", "%20" + user, user + "%0a", user + "%0d%0a", user[..^1], user + "x",
            project.ToUpperInvariant(), cluster.ToUpperInvariant(), app.ToUpperInvariant(), "urn:uuid:" + user, "~", "$metadata", "<script>", "%3Cscript%3E", "system", "ann@example.com", "bot", "team",
        ];
        var before = await host.RevisionAsync();
        var tried = 0;
        var routes = Routes.Of(host.Host).Where(route => route.Parameters.Count > 0).ToList();
        routes.Should().HaveCountGreaterThan(20);
        foreach (var route in routes)
        {
            foreach (var id in odd)
            {
                tried++;
                var answer = await host.JsonAsync(route.Method, route.Fill(_ => id), route.Body is null ? null : GoodBody(route));
                answer.Code.Should().BeOneOf(id == "%2e%2e" ? [404, 405] : [404], "{0} was answered {1}", answer.Sent, answer.Text);
                answer.Flaw().Should().BeNull("{0} was answered {1}", answer.Sent, answer.Text);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} odd ids on {routes.Count} routes");
        (await host.RevisionAsync()).Should().Be(before);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Body_OddIds_AreRefusedOrDeniedEverywhere(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var before = await host.RevisionAsync();
        string[] odd = ["", " ", "0", "01", " 1", "1 ", "+1", "-1", "١", "１", "*", "%", "1\\u0000", "\\u0000", "../1", "1/2", "\\u202e1", "😀", "00000000-0000-0000-0000-000000000000", new string('9', 1000), "null", "TENANT"];
        foreach (var id in odd)
        {
            foreach (var type in new[] { "tenant", "cluster", "department", "project" })
            {
                (await host.JsonAsync("POST", "/api/v1/authorization/access-rules", $$"""{"subjectType":"group","subjectId":"g","roleId":7,"scopeType":"{{type}}","scopeId":"{{id}}"}""")).Code.Should().BeOneOf([400, 404], "the id was {0}", id);
                (await host.JsonAsync("POST", "/api/v1/users", $$"""{"email":"a@example.com","scopeType":"{{type}}","scopeId":"{{id}}"}""")).Code.Should().BeOneOf([400, 404], "the id was {0}", id);

                // A question about what is unknown is denied, not refused.
                var check = (await host.JsonAsync("POST", "/api/v1/authorize", $$$"""{"action":"read","resourceType":"users","scope":{"type":"{{{type}}}","id":"{{{id}}}"}}""")).Good();
                check.Json.GetProperty("reason").GetString().Should().Be("unknown_scope", "the id was {0}", id);
            }

            (await host.JsonAsync("POST", "/api/v1/org-unit/departments", $$"""{"name":"x","clusterId":"{{id}}"}""")).Refused(400).Details.Should().Be("clusterId");
            (await host.JsonAsync("POST", "/api/v1/org-unit/projects", $$"""{"name":"x","clusterId":"{{id}}"}""")).Refused(400).Details.Should().Be("clusterId");
            foreach (var kind in new[] { "user", "application", "group" })
            {
                var check = (await host.JsonAsync("POST", "/api/v1/authorize", $$$"""{"subject":{"type":"{{{kind}}}","id":"{{{id}}}"},"action":"read","resourceType":"users","scope":{"type":"tenant","id":"1"}}""")).Good();
                check.Json.GetProperty("reason").GetString().Should().Be("unknown_subject", "the id was {0}", id);
            }

            (await host.JsonAsync("POST", "/api/v1/authorize", $$$"""{"action":"read","resourceType":"users","scope":{"type":"tenant","id":"1"},"consistency":{"atLeast":"{{{id}}}"}}""")).Refused(400).Details.Should().Be("consistency.atLeast");
            foreach (var path in new[] { "who-can", "what-can" })
            {
                var scope = path == "who-can" ? ",\"scope\":{\"type\":\"tenant\",\"id\":\"1\"}" : "";
                (await host.JsonAsync("POST", "/api/v1/authorize/" + path, $$"""{"action":"read","resourceType":"users","cursor":"{{id}}"{{scope}}}""")).Refused(400).Details.Should().Be("cursor");
            }
        }

        (await host.RevisionAsync()).Should().Be(before);
    }

    /// <summary>A body with which only the id is wrong.</summary>
    private static string GoodBody(MappedRoute route)
        => route.Pattern.EndsWith("/groups", StringComparison.Ordinal) ? """{"source":"directory","groups":[]}"""
            : route.Pattern.EndsWith("/identities", StringComparison.Ordinal) ? """{"provider":"okta","subjectClaim":"00u1"}"""
            : route.Pattern.StartsWith("/api/v1/clusters", StringComparison.Ordinal) ? """{"name":"west"}"""
            : route.Pattern is "/api/v1/idps/{idp}" or "/api/v1/idps/{idp}/test" ? """{"type":"saml"}"""
            : route.Pattern.EndsWith("/resources", StringComparison.Ordinal) ? "[]"
            : route.Method == "PATCH" ? """{"enabled":true}"""
            : "{}";
}
