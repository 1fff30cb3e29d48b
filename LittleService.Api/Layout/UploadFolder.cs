using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Antiforgery;

namespace LittleService.Api.Layout;

/// <summary>
/// Where the framework keeps the file of a form while it arrives: <c>ASPNETCORE_TEMP</c>, or the folder for temporary files. A container
/// with a read-only root has to mount something there; without it all else works, and the log says what is missing.
/// </summary>
internal sealed partial class UploadFolder(ILogger<UploadFolder> logger) : IHostedService
{
    private static string Name =>
        Environment.GetEnvironmentVariable("ASPNETCORE_TEMP") is { Length: > 0 } named ? named : Path.GetTempPath();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsWritable()) LogNotWritable(Name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The problem of a file that could not be kept, or null for any other.</summary>
    public static Problem? ProblemOf(Exception exception) =>
        // Who reads the form first, for its token, wraps what went wrong.
        (exception is AntiforgeryValidationException { InnerException: { } inner } ? inner : exception)
            is UnauthorizedAccessException or IOException and not BadHttpRequestException && !IsWritable()
            ? new(
                StatusCodes.Status503ServiceUnavailable, "This server has no folder for the files of forms; its log says what is missing.")
            : null;

    private static bool IsWritable()
    {
        try
        {
            var file = Path.Combine(Name, Path.GetRandomFileName());
            using var probe = File.Create(file, bufferSize: 1, FileOptions.DeleteOnClose);
            probe.WriteByte(0);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Forms cannot upload files: {Folder} is not writable. Mount a folder there, or name one in ASPNETCORE_TEMP")]
    private partial void LogNotWritable(string folder);
}
