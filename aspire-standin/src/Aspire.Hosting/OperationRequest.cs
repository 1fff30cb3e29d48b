using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>What the arguments ask the app host to do.</summary>
/// <param name="Operation">Run or publish.</param>
/// <param name="OutputPath">Where the manifest goes; a file that ends in .json, else a folder.</param>
internal sealed record OperationRequest(DistributedApplicationOperation Operation, string? OutputPath)
{
    public static OperationRequest Parse(string[] args)
    {
        // Only the command line asks: a variable PUBLISHER in somebody's environment must not turn a run into a publish.
        var asked = new ConfigurationBuilder().AddCommandLine(args).Build();
        var (operation, publisher, step) = (asked["operation"], asked["publisher"], asked["step"]);
        if (operation is not (null or "run" or "publish")) throw Unknown("--operation", operation, "run or publish");
        if (publisher is not (null or "manifest")) throw Unknown("--publisher", publisher, "manifest");
        if (step is not (null or "publish-manifest")) throw Unknown("--step", step, "publish-manifest");
        if (publisher is null && (operation, step) is (null or "run", null)) return new(DistributedApplicationOperation.Run, null);
        if (publisher is null && operation is not "publish") throw new DistributedApplicationException($"--step {step} needs --operation publish.");
        if (publisher is null && step is null) throw new DistributedApplicationException("--operation publish needs --step publish-manifest.");
        if (asked["output-path"] is not { Length: > 0 } path)
            throw new DistributedApplicationException("The manifest needs --output-path: a file that ends in .json, or a folder.");
        return new(DistributedApplicationOperation.Publish, Path.GetFullPath(path));
    }

    private static DistributedApplicationException Unknown(string argument, string value, string known) =>
        new($"Unknown value '{value}' of {argument}: it must be {known}.");
}
