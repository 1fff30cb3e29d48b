namespace Aspire.Hosting.ApplicationModel;

/// <summary>A database in a Postgres server.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="databaseName">The database's name.</param>
/// <param name="postgresParentResource">The server.</param>
public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
    : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
{
    private string Path => $"/{Uri.EscapeDataString(DatabaseName)}";

    /// <inheritdoc/>
    public PostgresServerResource Parent { get; } = postgresParentResource;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={DatabaseName}");

    /// <summary>The database's name.</summary>
    public string DatabaseName { get; } = databaseName;

    /// <summary>The address as a URI, user and password in it.</summary>
    public ReferenceExpression UriExpression => Parent.Uri(Path);

    /// <summary>The address for JDBC.</summary>
    public ReferenceExpression JdbcConnectionString => Parent.Jdbc(Path);

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        [.. Parent.Properties(Path), new("DatabaseName", ReferenceExpression.Create($"{DatabaseName}"))];
}
