using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireStandIn.Tests.Running;

public sealed class ExecutableTests
{
    [Fact]
    public async Task ExecutableGetsItsArgumentsAndItsEnvironment()
    {
        await using var application = new Application();
        application.Builder.AddExecutable("greeter", "/bin/sh", "/", "-c", "echo \"said: $GREETING, $0\"; exec sleep 1000", "you")
            .WithEnvironment("GREETING", "hello");

        await application.StartAsync();

        Assert.Equal("said: hello, you", await application.LogLineAsync("greeter", "said"));
    }

    [Fact]
    public async Task ValueThatLooksLikeATemplateStaysAsItIs()
    {
        await using var application = new Application();
        application.AddShell("greeter", "echo \"said: $PASSWORD\"; exec sleep 1000").WithEnvironment("PASSWORD", "a{{b}}c{{- portFor");

        await application.StartAsync();

        Assert.Equal("said: a{{b}}c{{- portFor", await application.LogLineAsync("greeter", "said"));
    }

    [Fact]
    public async Task SecretsOfTheAppHostsEnvironmentStayBehind()
    {
        Environment.SetEnvironmentVariable("STANDIN_TEST_SECRET", "swordfish");
        await using var application = new Application();
        application.AddShell("greeter", "echo \"said: [$STANDIN_TEST_SECRET] $HOME\"; exec sleep 1000");

        await application.StartAsync();

        Assert.Equal($"said: [] {Environment.GetEnvironmentVariable("HOME")}", await application.LogLineAsync("greeter", "said"));
    }

    [Fact]
    public async Task PortOfItsOwnReachesTheProcessAndTheProxysPortReachesOthers()
    {
        await using var application = new Application();
        var server = application.AddShell("server", "echo \"listens on $PORT\"; exec sleep 1000").WithHttpEndpoint(env: "PORT");
        application.AddShell("client", "echo \"calls $services__server__http__0\"; exec sleep 1000").WithReference(server.GetEndpoint("http"));

        await application.StartAsync();

        var address = server.GetEndpoint("http").Url;
        Assert.Equal($"calls {address}", await application.LogLineAsync("client", "calls"));
        var own = await application.LogLineAsync("server", "listens on");
        Assert.Matches(@"^listens on \d+$", own);
        Assert.DoesNotContain(own["listens on ".Length..], address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResourceWithExplicitStartStartsWhenToldTo()
    {
        await using var application = new Application();
        application.AddShell("later", "exec sleep 1000").WithExplicitStart();
        await application.StartAsync();
        await application.WaitForStateAsync("later", KnownResourceStates.NotStarted);

        await application.CommandAsync("later", KnownResourceCommands.StartCommand);

        await application.WaitForStateAsync("later", KnownResourceStates.Running);
    }

    [Fact]
    public async Task ResourceOfOnesOwnIsReachedByItsConnectionString()
    {
        await using var application = new Application();
        var server = application.Builder.AddResource(new OwnServer("server")).WithArgs("1000").WithEndpoint(name: "tcp");
        var child = application.Builder.AddResource(new OwnChild("child", server.Resource));
        application.AddShell("client", "echo \"said: $ConnectionStrings__child\"; exec sleep 1000").WithReference(child).WaitFor(child);

        await application.StartAsync();

        Assert.Equal($"said: port {server.GetEndpoint("tcp").Port};child", await application.LogLineAsync("client", "said"));
        await application.WaitForStateAsync("child", KnownResourceStates.Running);
    }

    private sealed class OwnServer(string name) : ExecutableResource(name, "sleep", "/"), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"port {this.GetEndpoint("tcp").Property(EndpointProperty.Port)}");
    }

    private sealed class OwnChild(string name, OwnServer parent) : Resource(name), IResourceWithParent<OwnServer>, IResourceWithConnectionString
    {
        public OwnServer Parent => parent;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};child");
    }
}
