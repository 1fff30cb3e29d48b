using System.Net.Http.Headers;
using LittleService.Data.Accounts;
using Npgsql;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>Every service of the tests has an account for each role, named like it, with one API key.</summary>
public static class TestKeys
{
    private const string Secret = "secretOfTheTestsSecretOfTheTests";

    public static string Of(Role role) => $"ls_{role.Text()}_{Secret}";

    /// <summary>Signs the client in; gives it back.</summary>
    public static HttpClient As(this HttpClient client, Role role)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Of(role));
        return client;
    }

    public static async Task AddAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            $"""
            with added as (
              insert into accounts (id, name, role, password_hash, created_at)
              select gen_random_uuid(), role, role, '', now() from unnest(array['reader', 'writer', 'admin']) role returning id, role)
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
            select role, id, 'tests', role, sha256('{Secret}'), now(), now() + interval '10 years' from added
            """);
        await command.ExecuteNonQueryAsync();
    }
}
