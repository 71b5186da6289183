using Npgsql;

namespace KeyService.Ledger;

/// <summary>
/// For PostgreSQL: an advisory lock of one session. It ends with its connection, so the connection is this lock's own, and watched.
/// </summary>
internal sealed class PostgresLock(string connectionString) : ILedgerLock
{
    /// <summary>"gw-keys" in ASCII; advisory locks are of one database.</summary>
    private const long Key = 0x67772D6B657973;

    /// <summary>A server that no longer hears of this machine gives the lock to another one within half a minute, not after two hours.</summary>
    private const string TakeCommand =
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SELECT pg_try_advisory_lock(@key)";

    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString)
    {
        Pooling = false,
        Multiplexing = false,
        Timeout = 3,
        CommandTimeout = 3,
        // Seconds; the watch below would not notice a network that is silent.
        KeepAlive = 1,
        ApplicationName = "gateway ledger lock",
    }.ConnectionString;

    public async Task<IHeldLock?> TryTakeAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(TakeCommand, connection) { Parameters = { new("key", Key) } };
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new Held(connection);
            }

            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed class Held : IHeldLock
    {
        private readonly NpgsqlConnection _connection;
        private readonly CancellationTokenSource _disposing = new();

        public Held(NpgsqlConnection connection)
        {
            _connection = connection;
            Lost = WatchAsync();
        }

        public Task Lost { get; }

        public async ValueTask DisposeAsync()
        {
            await _disposing.CancelAsync();
            await Lost;
            await _connection.DisposeAsync();
            _disposing.Dispose();
        }

        /// <summary>Ends when the connection does, of which a waiting one hears at once.</summary>
        private async Task WatchAsync()
        {
            try
            {
                while (true)
                {
                    await _connection.WaitAsync(_disposing.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or NpgsqlException or IOException or InvalidOperationException)
            {
                // Given back, or lost: in both cases it is not held any more.
            }
        }
    }
}
