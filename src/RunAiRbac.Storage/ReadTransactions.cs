using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace RunAiRbac.Storage;

internal static class ReadTransactions
{
    /// <summary>One state of the database for all that is read: repeatable read, which SQLite's deferred transactions are anyway.</summary>
    public static async Task<IDbContextTransaction> BeginReadAsync(this RunAiRbacDbContext db, CancellationToken cancellationToken)
    {
        if (db.Database.IsNpgsql()) return await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        return (await db.Database.UseTransactionAsync(connection.BeginTransaction(deferred: true), cancellationToken))!;
    }
}
