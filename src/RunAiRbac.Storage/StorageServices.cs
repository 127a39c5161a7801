using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

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

    /// <summary>A SQLite file's path should be absolute: a relative one starts at the process's current folder.</summary>
    public required string ConnectionString { get; init; }

    /// <summary><c>Freshness:MaxStaleness</c>.</summary>
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>Freshness:PollInterval</c>.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>Freshness:Notifications</c>: replicas on PostgreSQL tell one another of changes at once, and need not wait for the poll.</summary>
    public bool Notifications { get; init; } = true;

    internal bool HasNotifications => Notifications && Provider == StorageProvider.PostgreSql;

    /// <summary>How long the tokens of an ended session may still live: the longest access token lifetime.</summary>
    public TimeSpan LongestTokenLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>For a PostgreSQL connection that one service keeps to itself: in no pool, named for whoever looks at the server, and probed, so that a dead one is noticed.</summary>
    internal string OwnConnectionString(string use)
        => new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, KeepAlive = 10, ApplicationName = $"runairbac-{use}" }.ConnectionString;
}

public static class StorageServices
{
    private static readonly SqliteConnectionSetup SqliteSetup = new();

    /// <summary>Registers <see cref="PolicyStore"/>, <see cref="StoreMigrator"/>, the context factory and, as hosted services, the poller and the wake-ups between replicas.</summary>
    public static IServiceCollection AddRunAiRbacStorage(this IServiceCollection services, Func<IServiceProvider, StorageSettings> settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddPooledDbContextFactory<RunAiRbacDbContext>((provider, options) => Use(options, provider.GetRequiredService<StorageSettings>()));
        services.AddSingleton<PolicyStore>();
        services.AddSingleton<StoreMigrator>();
        services.AddSingleton<ChangeLogRetention>();
        services.AddSingleton<AuditSealer>();
        services.AddSingleton<AuditVerifier>();
        services.AddHostedService<PolicyPoller>();
        services.AddHostedService<ChangeNotifier>();
        services.AddHostedService<ChangeListener>();
        return services;
    }

    internal static void Use(DbContextOptionsBuilder options, StorageSettings settings)
    {
        if (settings.Provider == StorageProvider.PostgreSql)
        {
            options.UseNpgsql(settings.ConnectionString);
        }
        else
        {
            // A list of ids is one parameter, as it is for PostgreSQL anyway.
            options.UseSqlite(
                new SqliteConnectionStringBuilder(settings.ConnectionString) { ForeignKeys = true }.ConnectionString,
                sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter));
            options.AddInterceptors(SqliteSetup);
        }

        // Failures arrive as exceptions, and the first migration asks for a table that is not there yet: neither is an error in the log by itself.
        options.ConfigureWarnings(warnings => warnings.Log(
            (RelationalEventId.CommandExecuted, LogLevel.Debug),
            (RelationalEventId.CommandError, LogLevel.Debug)));
    }
}
