using Microsoft.Extensions.DependencyInjection;

namespace LittleService.ServiceDefaults;

/// <summary>Which exception becomes which problem.</summary>
public static class ProblemTable
{
    /// <summary>Adds a row: <paramref name="row"/> gives the problem of an exception it knows and null for any other. Rows are asked before the built-in ones.</summary>
    public static IServiceCollection AddProblem(this IServiceCollection services, Func<Exception, Problem?> row) => services.AddSingleton(row);
}
