using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server in a container.</summary>
public class RedisResource : ContainerResource, IResourceWithConnectionString
{
    /// <summary>A Redis server without a password.</summary>
    public RedisResource(string name) : base(name) => PrimaryEndpoint = new EndpointReference(this, "tcp");

    /// <summary>A Redis server.</summary>
    public RedisResource(string name, ParameterResource password) : this(name) => PasswordParameter = password;

    /// <summary>Where the server listens.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <summary>The host name.</summary>
    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

    /// <summary>The port that others use.</summary>
    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

    /// <summary>The password.</summary>
    public ParameterResource? PasswordParameter { get; private set; }

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => PasswordParameter is null
        ? ReferenceExpression.Create($"{Host}:{Port}{WhereTls}")
        : ReferenceExpression.Create($"{Host}:{Port},password={PasswordParameter}{WhereTls}");

    /// <summary>The address as a URI, password in it.</summary>
    public ReferenceExpression UriExpression => PasswordParameter is null
        ? ReferenceExpression.Create($"{Scheme}://{Host}:{Port}")
        : ReferenceExpression.Create($"{Scheme}://:{PasswordParameter:uri}@{Host}:{Port}");

    private ConditionalValue WhereTls => new(PrimaryEndpoint.Property(EndpointProperty.TlsEnabled), ",ssl=true");

    private EndpointReferenceExpression Scheme => PrimaryEndpoint.Property(EndpointProperty.Scheme);

    /// <summary>The connection string as seen from this machine.</summary>
    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);

    internal void SetPassword(ParameterResource? password) => PasswordParameter = password;

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Host", ReferenceExpression.Create($"{Host}"));
        yield return new("Port", ReferenceExpression.Create($"{Port}"));
        if (PasswordParameter is not null) yield return new("Password", ReferenceExpression.Create($"{PasswordParameter}"));
        yield return new("Uri", UriExpression);
    }
}
