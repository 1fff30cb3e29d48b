using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost;

internal static class BuiltProgram
{
    /// <summary>
    /// Starts the program that the build has made instead of `dotnet run`, which would evaluate the project once more for each process and
    /// stay in memory as its parent. `dotnet watch` and programs that are built elsewhere are left to `dotnet`.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithBuiltProgram(this IResourceBuilder<ProjectResource> project)
    {
        var projectPath = project.Resource.GetProjectMetadata().ProjectPath;
        var (program, folder) = (PathOf(projectPath), Path.GetDirectoryName(projectPath)!);
        return project.ApplicationBuilder.Configuration.GetValue<bool>("DOTNET_WATCH") || !File.Exists(program)
            ? project
            : project.WithAnnotation(new ExecutableAnnotation { Command = program, WorkingDirectory = folder });
    }

    /// <summary>Where the build puts the program of a project.</summary>
    public static string PathOf(string projectPath) =>
        Path.Combine(Path.GetDirectoryName(projectPath)!, Output, Path.GetFileNameWithoutExtension(projectPath));

    // The projects are built together with the app host: for the same configuration and framework.
    private static string Output => Path.Combine(
        "bin",
        typeof(BuiltProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration,
        $"net{Environment.Version.ToString(2)}");
}
