using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>
/// Data Protection's keys, in Postgres: replicas and restarts share them, and nothing that empties Redis signs anybody out.
/// Its interface knows no async; keys are read at their first use and about once a day.
/// </summary>
internal sealed class DataProtectionKeys(NpgsqlDataSource database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("select xml from data_protection_keys order by created_at");
        using var row = command.ExecuteReader();
        var keys = new List<XElement>();
        while (row.Read()) keys.Add(XElement.Parse(row.GetString(0)));
        return keys;
    }

    // Of processes that start at once on a new database each would make a key of its own, and not know what the others encrypt: the first
    // one counts, and the rest find it when they read again, as Data Protection does after each new key.
    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        using (var alone = new NpgsqlCommand("lock table data_protection_keys in share row exclusive mode", connection, transaction))
            alone.ExecuteNonQuery();
        using var command = new NpgsqlCommand(
            """
            insert into data_protection_keys (name, xml) select $1, $2
            where not ($3 and exists (select from data_protection_keys where name like 'key-%'
              and created_at > now() - interval '2 minutes'))
            """, connection, transaction);
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.Parameters.Add(new() { Value = element.Name == "key" });
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
