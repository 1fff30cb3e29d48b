using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost;

internal static class BuiltProgram
{
    /// <summary>
    /// Starts the program that the build has made, beside the app host's own, instead of `dotnet run`, which would evaluate the project once
    /// more for each process and stay in memory as its parent. `dotnet watch` and projects built elsewhere are left to `dotnet`.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithBuiltProgram(this IResourceBuilder<ProjectResource> project)
    {
        var app = project.ApplicationBuilder;
        var projectPath = project.Resource.GetProjectMetadata().ProjectPath;
        var folder = Path.GetDirectoryName(projectPath)!;
        var output = Path.GetRelativePath(app.AppHostDirectory, AppContext.BaseDirectory);
        var program = Path.Combine(folder, output, Path.GetFileNameWithoutExtension(projectPath));
        return app.Configuration.GetValue<bool>("DOTNET_WATCH") || !File.Exists(program)
            ? project
            : project.WithAnnotation(new ExecutableAnnotation { Command = program, WorkingDirectory = folder });
    }
}
