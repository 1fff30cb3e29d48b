using Npgsql;

namespace LittleService.Jobs.Storage;

/// <summary>Tells what is wrong with one row of a statement from what is wrong with the database, which all rows suffer alike.</summary>
public static class RowFaults
{
    /// <summary>
    /// Whether it is about data, constraints or limits of a row: the classes 22, 23 and 54 of
    /// https://www.postgresql.org/docs/current/errcodes-appendix.html.
    /// </summary>
    public static bool IsRowFault(this Exception exception) =>
        exception is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] };
}
