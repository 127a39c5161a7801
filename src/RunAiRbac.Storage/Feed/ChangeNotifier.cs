using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RunAiRbac.Storage;

/// <summary>
/// Wakes the other replicas after a commit by PostgreSQL's NOTIFY, outside any transaction (inside, it would serialize the whole database). A wake-up may
/// come late, twice or not at all: whoever gets it asks the database, and everybody polls besides.
/// </summary>
internal sealed partial class ChangeNotifier : BackgroundService
{
    /// <summary>The channel that replicas listen on.</summary>
    public const string Channel = "runairbac";

    private readonly Channel<WakeUp> _committed =
        System.Threading.Channels.Channel.CreateBounded<WakeUp>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly StorageSettings _settings;
    private readonly ILogger<ChangeNotifier> _logger;
    private bool _isAway;

    public ChangeNotifier(PolicyStore store, StorageSettings settings, ILogger<ChangeNotifier> logger)
    {
        (_settings, _logger) = (settings, logger);
        if (settings.HasNotifications) store.Committed += (tenantId, revision) => _committed.Writer.TryWrite(new(tenantId, revision));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_settings.HasNotifications) return;
        NpgsqlConnection? connection = null;
        try
        {
            while (await _committed.Reader.WaitToReadAsync(stoppingToken))
            {
                var payloads = Drain();
                try
                {
                    connection ??= await ConnectAsync(stoppingToken);
                    await SendAsync(connection, payloads, stoppingToken);
                    _isAway = false;
                }
                catch (Exception e) when (DatabaseFailures.IsUnavailable(e))
                {
                    // These wake-ups are lost; the polls of the others find what they spoke of.
                    if (!_isAway) LogAway(e);
                    _isAway = true;
                    if (connection is not null) await connection.DisposeAsync();
                    connection = null;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    /// <summary>All that waits, the last revision of each tenant.</summary>
    private string[] Drain()
    {
        var last = new Dictionary<int, long>();
        while (_committed.Reader.TryRead(out var wakeUp)) last[wakeUp.TenantId] = Math.Max(wakeUp.Revision, last.GetValueOrDefault(wakeUp.TenantId));
        return [.. last.Select(x => new WakeUp(x.Key, x.Value).ToString())];
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_settings.OwnConnectionString("notify"));
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task SendAsync(NpgsqlConnection connection, string[] payloads, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_notify($1, payload) FROM unnest($2) AS payload", connection);
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = payloads });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Replicas cannot be notified; they poll")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "The notifier has stopped")]
    private partial void LogStopped();
}
