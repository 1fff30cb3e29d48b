namespace LittleService.AppHost.LocalServers;

/// <summary>A server that a shell script of ours runs; the script turns DCP's SIGTERM into the server's own fast stop.</summary>
public abstract class LocalServerResource(string name, string scriptPath, string workingDirectory, ParameterResource password)
    : ExecutableResource(name, "/bin/sh", workingDirectory), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public string ScriptPath { get; } = scriptPath;

    public ParameterResource Password { get; } = password;

    public abstract ReferenceExpression ConnectionStringExpression { get; }

    protected EndpointReferenceExpression Host => new EndpointReference(this, EndpointName).Property(EndpointProperty.Host);

    protected EndpointReferenceExpression Port => new EndpointReference(this, EndpointName).Property(EndpointProperty.Port);
}

public sealed class LocalPostgresResource(string name, string scriptPath, string workingDirectory, ParameterResource password)
    : LocalServerResource(name, scriptPath, workingDirectory, password)
{
    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host={Host};Port={Port};Username=postgres;Password={Password}");
}

public sealed class LocalRedisResource(string name, string scriptPath, string workingDirectory, ParameterResource password)
    : LocalServerResource(name, scriptPath, workingDirectory, password)
{
    public override ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Host}:{Port},password={Password}");
}

/// <summary>A database on a local Postgres; its health check creates it.</summary>
public sealed class LocalDatabaseResource(string name, LocalPostgresResource parent)
    : Resource(name), IResourceWithConnectionString, IResourceWithParent<LocalPostgresResource>
{
    public LocalPostgresResource Parent { get; } = parent;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent.ConnectionStringExpression};Database={Name}");
}
