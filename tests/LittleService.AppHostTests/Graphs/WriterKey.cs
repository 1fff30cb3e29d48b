using System.Net.Http.Headers;
using Npgsql;

namespace LittleService.AppHostTests.Graphs;

internal static class WriterKey
{
    /// <summary>Adds a writer with an API key, once, and gives the header that the key is sent in.</summary>
    public static async Task<AuthenticationHeaderValue> AddAsync(NpgsqlConnection database, CancellationToken cancellationToken)
    {
        const string secret = "secretOfTheTestsSecretOfTheTests";
        await using var command = new NpgsqlCommand(
            $"""
            with added as (
              insert into accounts (id, name, role, password_hash, created_at)
              values (gen_random_uuid(), 'tests', 'writer', '', now()) on conflict do nothing returning id)
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
            select 'tests', id, 'tests', 'writer', sha256('{secret}'), now(), now() + interval '1 day' from added
            """,
            database);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new("Bearer", $"ls_tests_{secret}");
    }
}
