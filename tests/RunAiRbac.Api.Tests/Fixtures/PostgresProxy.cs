using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>
/// Stands between one process and PostgreSQL's Unix socket and can stop the world around the commit of a policy write: just before PostgreSQL hears of it,
/// or just before the writer hears that it is done.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    // What a policy write begins with; other transactions (sign-ins, the sealing of the audit log) let the proxy pass.
    private const string TakesRevision = "UPDATE revisions SET revision = revision + 1";
    private const string Commit = "COMMIT\0";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlConnectionStringBuilder _database;
    private readonly Task _accepting;
    private Trap? _trap;

    public PostgresProxy(string connectionString)
    {
        _database = new NpgsqlConnectionStringBuilder(connectionString);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
        }.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same database by way of this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Lets the next policy write come to its commit and no further, and calls back; completes when that has been done.</summary>
    /// <param name="isCommitted">Whether PostgreSQL still hears of the commit.</param>
    /// <param name="then">Called while nobody has heard more.</param>
    public Task StopAtNextCommitAsync(bool isCommitted, Func<Task> then)
    {
        var trap = new Trap(isCommitted, then);
        _trap = trap;
        return trap.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint($"{_database.Host}/.s.PGSQL.{_database.Port}"), _stop.Token);
                var connection = new Connection(this);
                await Task.WhenAny(PumpAsync(client, server, connection.FromClientAsync), PumpAsync(server, client, connection.FromServerAsync));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // One of the two is gone: so is the other's connection.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, Task<bool>> mayPass)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, _stop.Token)) > 0;)
            {
                if (!await mayPass(buffer.AsMemory(0, read))) return;
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // As above.
        }
    }

    private sealed record Trap(bool IsCommitted, Func<Task> Then)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task SpringAsync()
        {
            try
            {
                await Then();
                Done.SetResult();
            }
            catch (Exception e)
            {
                Done.SetException(e);
            }
        }
    }

    /// <summary>What is being said on one connection.</summary>
    private sealed class Connection(PostgresProxy proxy)
    {
        private string _clientTail = "";
        private string _serverTail = "";
        private bool _isPolicyWrite;
        private Trap? _sprung;

        /// <summary>False: what came may not go on, and nothing after it.</summary>
        public async Task<bool> FromClientAsync(ReadOnlyMemory<byte> bytes)
        {
            var text = Seen(ref _clientTail, bytes);
            _isPolicyWrite |= text.Contains(TakesRevision, StringComparison.Ordinal);
            if (!_isPolicyWrite || !text.Contains(Commit, StringComparison.Ordinal)) return true;
            _isPolicyWrite = false;
            if (proxy._trap is not { } trap || Interlocked.CompareExchange(ref proxy._trap, null, trap) != trap) return true;
            if (trap.IsCommitted)
            {
                _sprung = trap;
                return true;
            }

            await trap.SpringAsync();
            return false;
        }

        public async Task<bool> FromServerAsync(ReadOnlyMemory<byte> bytes)
        {
            var text = Seen(ref _serverTail, bytes);
            if (_sprung is not { } trap || !text.Contains(Commit, StringComparison.Ordinal)) return true;
            await trap.SpringAsync();
            return false;
        }

        /// <summary>The bytes as text, with the end of those before: a word may come in two parts.</summary>
        private static string Seen(ref string tail, ReadOnlyMemory<byte> bytes)
        {
            var text = tail + Encoding.Latin1.GetString(bytes.Span);
            tail = text.Length <= TakesRevision.Length ? text : text[^TakesRevision.Length..];
            // What has been found is not to be found again.
            if (tail.Contains(Commit, StringComparison.Ordinal) || tail.Contains(TakesRevision, StringComparison.Ordinal)) tail = "";
            return text;
        }
    }
}
