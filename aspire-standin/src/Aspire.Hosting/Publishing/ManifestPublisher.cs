using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the model to the manifest file. Nothing is started and no parameter needs a value.</summary>
internal sealed class ManifestPublisher(DistributedApplicationExecutionContext context)
{
    private const string FileName = "aspire-manifest.json";

    /// <summary>Writes it to the path where that ends in .json, else into the folder of that name.</summary>
    public async Task PublishAsync(DistributedApplicationModel model, string outputPath, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(outputPath.EndsWith(".json", StringComparison.Ordinal) ? outputPath : Path.Combine(outputPath, FileName));
        using var manifest = new MemoryStream();
        await using (var json = new Utf8JsonWriter(manifest, new JsonWriterOptions { Indented = true }))
            await new ManifestWriter(json, context, path, cancellationToken).WriteAsync(model);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, manifest.ToArray(), cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The manifest cannot be written to {path}: {error.Message}", error);
        }
        Console.WriteLine($"Published manifest to: {path}");
    }
}
