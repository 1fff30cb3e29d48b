using Npgsql;

namespace LittleService.Api;

public static class ApiConnections
{
    // Requests leave no session state behind (no session locks, SET or LISTEN), and wiping it after each cost Postgres as much as the query itself.
    // Few connections serve more than many do: the server's processes stop fighting for the cores.
    public static void Tune(NpgsqlConnectionStringBuilder connection) => (connection.NoResetOnClose, connection.MaxPoolSize) = (true, 20);
}
