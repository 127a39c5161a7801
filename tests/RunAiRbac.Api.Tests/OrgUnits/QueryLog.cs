using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.OrgUnits;

/// <summary>
/// The SQL that reaches one database, seen through EF's own diagnostics. Made before the host starts: EF looks only once a second whether anybody listens.
/// </summary>
internal sealed class QueryLog : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private volatile string? _database;

    public QueryLog() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public IReadOnlyCollection<string> Commands => _commands;

    public void Watch(StorageSettings database) => _database = database.Provider == StorageProvider.Sqlite
        ? new SqliteConnectionStringBuilder(database.ConnectionString).DataSource
        : new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;

    public void Clear() => _commands.Clear();

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore") _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != RelationalEventId.CommandExecuting.Name || value.Value is not CommandEventData { Command: { Connection: { } connection } command }) return;
        if (connection.DataSource == _database || connection.Database == _database) _commands.Enqueue(command.CommandText);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error) => throw error;

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }
}
