using Npgsql;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

/// <summary>Whoever locks a subject's row and its credentials' takes the credentials first, or two of them wait for each other and PostgreSQL ends one.</summary>
public sealed class LockOrderTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_WhileASubjectIsBeingEnded_WaitsWithoutHoldingTheSubject()
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        using var admin = await host.SignInAsAdminAsync();
        var (clientId, secret, id) = await ApiHost.CreateApplicationAsync(admin);
        await using var connection = new NpgsqlConnection(host.Database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var ending = await connection.BeginTransactionAsync(Cancel);

        // The order of PolicyWrite.EndSubjectAsync.
        await ExecuteAsync(connection, "UPDATE credentials SET deleted_at = deleted_at WHERE tenant_id = 1 AND subject_id = $1", id);
        var signIn = host.TokenAsync(new { grantType = "app_token", appID = clientId, appSecret = secret });
        while (await WaitingAsync(host) == 0) await Task.Delay(5, Cancel);
        await ExecuteAsync(connection, "UPDATE subjects SET last_login = last_login WHERE tenant_id = 1 AND id = $1", id);
        await ending.RollbackAsync(Cancel);

        (await signIn).GetProperty("accessToken").GetString().Should().NotBeNullOrEmpty();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, string id)
    {
#pragma warning disable CA2100 // The texts are this test's.
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
#pragma warning restore CA2100
        (await command.ExecuteNonQueryAsync(Cancel)).Should().Be(1);
    }

    /// <summary>Transactions of this database that wait for a row.</summary>
    private static async Task<long> WaitingAsync(ApiHost host)
    {
        await using var connection = new NpgsqlConnection(host.Database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
