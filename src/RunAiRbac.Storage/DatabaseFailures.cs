using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace RunAiRbac.Storage;

/// <summary>Tells a database that is away or overloaded from a mistake of ours.</summary>
public static class DatabaseFailures
{
    /// <summary>Whether this, or what it wraps, means that the database could not do it now: no connection, time-out, deadlock, disk. Trying again later may work.</summary>
    public static bool IsUnavailable(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case PolicyUnavailableException or TimeoutException or SocketException: return true;
                case PostgresException postgres: return IsTemporary(postgres.SqlState);
                case NpgsqlException: return true;
                case SqliteException sqlite: return IsTemporary(sqlite.SqliteErrorCode);
                case DbException database: return database.IsTransient;
            }
        }

        return false;
    }

    /// <summary>Classes: 08 connection, 28 and 3D no such login or database, 40 rolled back (deadlock, serialization), 53 resources, 55P03 lock time-out, 57 operator (shutdown, cancel), 58 system, 25006 read-only standby.</summary>
    private static bool IsTemporary(string sqlState)
        => sqlState is "25006" or "55P03" || sqlState[..2] is "08" or "28" or "3D" or "40" or "53" or "57" or "58";

    /// <summary>SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.</summary>
    private static bool IsTemporary(int sqliteCode) => sqliteCode is 5 or 6 or 7 or 8 or 10 or 13 or 14 or 15;

    internal static PolicyUnavailableException Unavailable(Exception inner) => new("The database cannot be reached.", inner);
}
