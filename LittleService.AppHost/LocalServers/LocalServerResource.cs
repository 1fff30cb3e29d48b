namespace LittleService.AppHost.LocalServers;

/// <summary>
/// A server that a shell script runs; the script turns the orchestrator's SIGTERM into the server's own fast stop.
/// </summary>
public abstract class LocalServerResource(string name, string workingDirectory, ParameterResource password)
    : ExecutableResource(name, "/bin/sh", workingDirectory), IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";

    public ParameterResource PasswordParameter { get; } = password;

    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    public abstract ReferenceExpression ConnectionStringExpression { get; }

    protected EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    protected EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);
}

/// <summary>A Postgres that runs as a process of the app host's own.</summary>
public sealed class LocalPostgresServerResource(string name, string workingDirectory, ParameterResource password)
    : LocalServerResource(name, workingDirectory, password)
{
    private readonly List<LocalPostgresDatabaseResource> _databases = [];

    /// <summary>The databases that are created on it once it is ready.</summary>
    public IReadOnlyList<LocalPostgresDatabaseResource> Databases => _databases;

    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host={Host};Port={Port};Username=postgres;Password={PasswordParameter}");

    internal void AddDatabase(LocalPostgresDatabaseResource database) => _databases.Add(database);
}

/// <summary>A database on a local Postgres.</summary>
public sealed class LocalPostgresDatabaseResource(string name, LocalPostgresServerResource parent)
    : Resource(name), IResourceWithConnectionString, IResourceWithParent<LocalPostgresServerResource>
{
    public LocalPostgresServerResource Parent { get; } = parent;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={Name}");
}

/// <summary>A Redis that runs as a process of the app host's own.</summary>
public sealed class LocalRedisResource(string name, string workingDirectory, ParameterResource password)
    : LocalServerResource(name, workingDirectory, password)
{
    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Host}:{Port},password={PasswordParameter}");
}
