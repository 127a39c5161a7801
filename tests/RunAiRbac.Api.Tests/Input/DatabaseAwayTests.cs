using Npgsql;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>A database that goes away is no mistake of the service: 503 with Retry-After, on plain reads too.</summary>
public sealed class DatabaseAwayTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Request_DatabaseGone_IsUnavailableOnEveryRouteThatNeedsIt()
    {
        await using var host = await InputHost.StartAsync(StorageProvider.PostgreSql, postgres);
        var cluster = (await host.MakeAsync("/api/v1/clusters", new { name = "east" })).GetProperty("uuid").GetString();
        var project = (await host.MakeAsync("/api/v1/org-unit/projects", new { name = "vision", clusterId = cluster })).GetProperty("id").GetString();
        await DropAsync(host.Host.Database.ConnectionString);

        string[] reads =
        [
            "/api/v1/users", "/api/v1/users/count", "/api/v1/groups", "/api/v1/apps", "/api/v1/service-accounts", "/api/v1/clusters", $"/api/v1/clusters/{cluster}", "/api/v1/org-unit/departments",
            "/api/v1/org-unit/departments/count", "/api/v1/org-unit/projects", $"/api/v1/org-unit/projects/{project}", "/api/v1/authorization/access-rules", "/api/v1/authorization/access-rules/count?search=a",
            "/api/v1/authorization/access-rules/1", "/api/v1/authorization/roles", "/api/v1/authorization/roles/1", "/api/v1/me/sessions",
        ];
        foreach (var path in reads)
        {
            // Twice: pooled connections and new ones fail in different ways.
            for (var time = 0; time < 2; time++) (await host.JsonAsync("GET", path)).Refused(503).Response.Headers.RetryAfter.Should().NotBeNull();
        }

        (await host.JsonAsync("POST", "/api/v1/clusters", """{"name":"west"}""")).Refused(503);
        (await host.JsonAsync("POST", "/api/v1/users", """{"email":"a@example.com"}""")).Refused(503);
        (await host.JsonAsync("DELETE", "/api/v1/authorization/access-rules/1")).Refused(503);
        (await host.Wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, """{"grantType":"password","username":"a@example.com","password":"x"}"""))).Refused(503);
        (await host.Wire.SendAsync(Sent.Form("/api/v2/token", null, "grant_type=client_credentials&client_id=a&client_secret=b"))).Refused(503).OAuthError.Should().Be("temporarily_unavailable");

        // A check needs no database for a while, nor does the number of all rules.
        (await host.JsonAsync("GET", "/api/v1/authorization/access-rules/count")).Good();
        (await host.JsonAsync("POST", "/api/v1/authorize", """{"action":"read","resourceType":"users","scope":{"type":"tenant","id":"1"}}""")).Good();
        (await host.JsonAsync("POST", "/api/v1/authorize", """{"action":"read","resourceType":"users","scope":{"type":"tenant","id":"1"},"consistency":{"full":true}}""")).Refused(503);
    }

    private static async Task DropAsync(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var name = builder.Database;
        builder.Database = "postgres";
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is the fixture's own.
        command.CommandText = $"DROP DATABASE {name} WITH (FORCE)";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
