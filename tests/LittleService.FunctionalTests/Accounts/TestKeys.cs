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

    /// <summary>A client that is signed in with a new key of the account.</summary>
    public static async Task<HttpClient> AddKeyAsync(this Service service, string account)
    {
        var id = Guid.NewGuid().ToString("N");
        await service.ExecuteAsync(
            $"""
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
            select '{id}', id, 'tests', role, sha256('{Secret}'), now(), now() + interval '1 day' from accounts where name = '{account}'
            """);
        return new() { BaseAddress = service.Client.BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", $"ls_{id}_{Secret}") } };
    }
}
