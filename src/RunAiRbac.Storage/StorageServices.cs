using Microsoft.Extensions.DependencyInjection;

namespace RunAiRbac.Storage;

public enum StorageProvider
{
    Sqlite,
    PostgreSql,
}

/// <summary>How the store is reached and kept fresh.</summary>
public sealed record StorageSettings
{
    public StorageProvider Provider { get; init; }
    public required string ConnectionString { get; init; }

    /// <summary><c>Freshness:MaxStaleness</c>.</summary>
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>Freshness:PollInterval</c>.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the tokens of an ended session may still live: the longest access token lifetime.</summary>
    public TimeSpan LongestTokenLifetime { get; init; } = TimeSpan.FromHours(12);
}

public static class StorageServices
{
    /// <summary>Registers <see cref="PolicyStore"/>, <see cref="StoreMigrator"/>, the context factory and the poller (a hosted service).</summary>
    public static IServiceCollection AddRunAiRbacStorage(this IServiceCollection services, Func<IServiceProvider, StorageSettings> settings)
        => throw new NotImplementedException();
}

/// <summary>What the first start needs.</summary>
/// <param name="TenantId">The first tenant's id.</param>
/// <param name="TenantName">Its name.</param>
/// <param name="AdminEmail">The administrator's canonical e-mail.</param>
/// <param name="AdminPasswordHash">The administrator's password hash.</param>
public sealed record FirstTenant(int TenantId, string TenantName, string AdminEmail, string AdminPasswordHash);

/// <summary>Schema and first rows. Singleton.</summary>
public sealed class StoreMigrator
{
    /// <summary>Creates the SQLite file's folder, takes the one-process lock on it (an <see cref="InvalidOperationException"/> with a message for people when another process holds it), and migrates under a lock.</summary>
    public Task MigrateAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Whether there is no tenant yet.</summary>
    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Creates a tenant with its roles, its tenant scope (and the system scope, if it is the first), the subject of all authenticated, and its local
    /// administrator with a password and the System administrator rule (and Platform administrator at system, if it is the first). One transaction, revision 1.
    /// </summary>
    public Task CreateTenantAsync(FirstTenant tenant, bool isFirst, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Brings the role rows of every tenant to the catalogue, as an ordinary policy write where something differs.</summary>
    public Task SyncRolesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Starts a new epoch (after a restore): older consistency tokens are unknown, all sessions end.</summary>
    public Task NewEpochAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
