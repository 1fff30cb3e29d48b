using System.Xml.Linq;
using Dapper;
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
        using var connection = database.OpenConnection();
        return [.. connection.Query<string>("select xml from data_protection_keys order by created_at").Select(XElement.Parse)];
    }

    // Processes that start together on a new database would each create a key and could not decrypt each other's data. Only the first key
    // is stored; the others find it when Data Protection reads the keys again, which it does after creating one.
    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        connection.Execute("lock table data_protection_keys in share row exclusive mode", transaction: transaction);
        connection.Execute(
            """
            insert into data_protection_keys (name, xml) select @friendlyName, @xml
            where not (@isKey and exists (select from data_protection_keys where name like 'key-%'
              and created_at > now() - interval '2 minutes'))
            """,
            new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting), isKey = element.Name == "key" }, transaction);
        transaction.Commit();
    }
}
