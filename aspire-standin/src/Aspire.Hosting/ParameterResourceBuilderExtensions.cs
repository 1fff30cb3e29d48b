using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds values given from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a value that stands in the configuration under <c>Parameters:name</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => Configured(builder, $"Parameters:{name}"), secret));

    /// <summary>Adds a value that is known already.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a value that is found when it is needed.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
            throw new DistributedApplicationException($"Parameter '{name}' is secret: its value cannot be published as the default.");
        var parameter = new ParameterResource(name, _ => valueGetter(), secret);
        if (publishValueAsDefault) parameter.Default = new ConstantDefault(valueGetter);
        return builder.AddResource(parameter);
    }

    /// <summary>Adds a value that has a default; where that is generated, <c>persist</c> keeps it in the app host's user secrets.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(WithDefault(builder, name, secret, value, persist));

    /// <summary>Adds a connection string that stands in the configuration under <c>ConnectionStrings:name</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="environmentVariableName">The variable that carries it; default <c>ConnectionStrings__name</c>.</param>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        var parameter = new ParameterResource(name, _ => Configured(builder, $"ConnectionStrings:{name}"), secret: true) { IsConnectionString = true };
        return builder.AddResource(new ConnectionStringParameterResource(parameter, environmentVariableName));
    }

    /// <summary>A generated secret that is kept in the app host's user secrets. It is not added to the application's resources yet.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder,
        string name,
        bool lower = true,
        bool upper = true,
        bool numeric = true,
        bool special = true,
        int minLower = 0,
        int minUpper = 0,
        int minNumeric = 0,
        int minSpecial = 0)
    {
        // 22 letters and digits are 128 bits.
        var generated = new GenerateParameterDefault
        {
            MinLength = 22,
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        };
        return WithDefault(builder, name, secret: true, generated, persist: true);
    }

    private static ParameterResource WithDefault(
        IDistributedApplicationBuilder builder, string name, bool secret, ParameterDefault value, bool persist)
    {
        var key = $"Parameters:{name}";
        return new ParameterResource(name, Find, secret) { Default = value };

        string Find(ParameterDefault? found) => builder.Configuration[key] ?? (persist
            ? UserSecrets.Of(builder.AppHostAssembly).GetOrSet(key, found!.GetDefaultValue)
            : found!.GetDefaultValue());
    }

    private static string Configured(IDistributedApplicationBuilder builder, string key) => builder.Configuration[key] ??
        throw new MissingParameterValueException(
            $"'{key.Split(':')[1]}' has no value: set the environment variable {key.Replace(":", "__", StringComparison.Ordinal)}, "
            + $"or run: dotnet user-secrets set {key} VALUE --project {builder.AppHostDirectory}");

    private sealed class ConstantDefault(Func<string> value) : ParameterDefault
    {
        public override string GetDefaultValue() => value();
    }
}
