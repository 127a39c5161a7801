using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>Every answer to a policy write carries the revision, also when it was refused before anything was looked up.</summary>
public sealed class RevisionHeaderTests(PostgresFixture postgres)
{
    private const string NobodysId = "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11";

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_RefusedInAnyWay_CarriesTheRevision(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var made = await host.MakeAsync("/api/v1/users", new { email = "weak@example.com" });
        var weak = await InputHost.TokenAsync(host.Host, "weak@example.com", made.GetProperty("tempPassword").GetString()!);
        var revision = await host.RevisionAsync();
        var routes = Routes.Of(host.Host).Where(route => route.GivesRevision && !route.IsPublic).ToList();
        routes.Should().HaveCountGreaterThan(40);
        var refused = routes.SelectMany(route => new[] { host.AdminToken, weak }, (route, token) => Sent.Json(route.Method, route.Fill(_ => NobodysId), token, route.Body is null ? null : "{")).ToList();
        refused.Add(Sent.Json("POST", "/api/v1/users", weak, """{"email":"new@example.com"}"""));
        refused.Add(Sent.Json("POST", $"/api/v1/users/{made.GetProperty("id").GetString()}/password", weak, null));
        refused.Add(Sent.Json("POST", "/api/v1/tenants", weak, """{"name":"acme","email":"a@example.com","password":"a long password"}"""));
        refused.Add(Sent.Json("POST", "/api/v1/me/password", weak, """{"currentPassword":"not the right one","newPassword":"another long password"}"""));

        foreach (var sent in refused)
        {
            var answer = await host.Wire.SendAsync(sent);
            answer.Code.Should().BeInRange(400, 499, "{0} was answered {1}", sent, answer.Text);
            answer.Response.Headers.TryGetValues("X-Revision", out var values).Should().BeTrue("{0} was answered {1}", sent, answer.Text);
            values.Should().Equal(revision);
        }

        (await host.RevisionAsync()).Should().Be(revision);
    }
}
