using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>
/// Data Protection's keys, in Postgres: replicas and restarts share them, and flushing Redis signs nobody out. The interface is
/// synchronous; keys are read at their first use and about once a day.
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

    // Processes that start together on a new database would each create a key and could not decrypt each other's data. Only the first key
    // is stored; the others find it when Data Protection reads the keys again, which it does after creating one.
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
