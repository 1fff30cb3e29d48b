namespace LittleService.AppHost.LocalServers;

internal static class LocalServerBuilderExtensions
{
    private const string Folder = "LocalServers";

    /// <summary>Adds a server run by a script of this folder, and the environment that all these scripts read.</summary>
    public static IResourceBuilder<T> AddLocalServer<T>(
        this IDistributedApplicationBuilder builder, T server, string script, string program, DataFolder data)
        where T : LocalServerResource =>
        builder.AddResource(server)
            .WithArgs(Path.Combine(builder.AppHostDirectory, Folder, script))
            // Without a proxy in front, a server that is down refuses connections; the proxy would take them and say nothing.
            .WithEndpoint(scheme: "tcp", name: LocalServerResource.PrimaryEndpointName, env: "SERVER_PORT", isProxied: false)
            .WithEnvironment("SERVER_PROGRAM", program)
            .WithEnvironment("SERVER_DATA", data.For(server.Name))
            .WithEnvironment("SERVER_USER", data.User ?? "")
            .WithEnvironment("SERVER_PASSWORD", builder.CreateResourceBuilder(server.PasswordParameter))
            .WithRequiredCommand(program)
            .ExcludeFromManifest();

    /// <summary>
    /// The password's parameter has the name that AddPostgres and AddRedis would give it, so that one secret serves both modes.
    /// </summary>
    public static ParameterResource AddPassword(this IDistributedApplicationBuilder builder, string server) =>
        builder.AddParameter(
            $"{server}-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true)
            .Resource;
}
