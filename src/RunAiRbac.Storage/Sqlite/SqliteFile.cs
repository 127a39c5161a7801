using Microsoft.Data.Sqlite;

namespace RunAiRbac.Storage;

/// <summary>The SQLite file behind a connection string.</summary>
internal static class SqliteFile
{
    /// <summary>Its full path; null for a database in memory.</summary>
    public static string? PathOf(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString);
        var isInMemory = builder.Mode == SqliteOpenMode.Memory || builder.DataSource.Length == 0
            || builder.DataSource.StartsWith(":memory:", StringComparison.Ordinal);
        return isInMemory ? null : Path.GetFullPath(builder.DataSource);
    }
}

/// <summary>
/// One process per SQLite file: two would each serialize only their own writers and neither would see the other's revisions before its next poll.
/// The operating system frees the lock when the process ends, however it ends; the empty lock file stays.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private readonly FileStream _file;

    private SqliteFileLock(FileStream file) => _file = file;

    public static SqliteFileLock Take(string databasePath)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(databasePath)!);
        try
        {
            var file = new FileStream(databasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            CreateForOwnerAlone(databasePath);
            return new(file);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            throw new InvalidOperationException(
                $"Another process uses the SQLite database `{databasePath}`. Only one process may: stop the other one, or use PostgreSQL for several replicas.", e);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>An empty file is an empty database to SQLite, and its journals take over the file's mode.</summary>
    private static void CreateForOwnerAlone(string databasePath)
    {
        if (File.Exists(databasePath)) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(databasePath, options).Dispose();
    }
}
