using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>The shape of a parameter: an input that whoever deploys fills in, or has generated.</summary>
internal static class ManifestParameter
{
    public static void Write(Utf8JsonWriter json, ParameterResource parameter)
    {
        json.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
            json.WriteString("connectionString", parameter.ValueExpression);
        json.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        json.WriteStartObject("inputs");
        json.WriteStartObject("value");
        json.WriteString("type", "string");
        if (parameter.Secret)
            json.WriteBoolean("secret", true);
        if (parameter.Default is not null)
            WriteDefault(json, parameter.Default);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDefault(Utf8JsonWriter json, ParameterDefault value)
    {
        json.WriteStartObject("default");
        if (value is GenerateParameterDefault generated)
            WriteGenerated(json, generated);
        else
            json.WriteString("value", value.GetDefaultValue());
        json.WriteEndObject();
    }

    private static void WriteGenerated(Utf8JsonWriter json, GenerateParameterDefault generated)
    {
        json.WriteStartObject("generate");
        json.WriteNumber("minLength", generated.MinLength);
        ReadOnlySpan<(string Name, bool Allowed)> kinds =
            [("lower", generated.Lower), ("upper", generated.Upper), ("numeric", generated.Numeric), ("special", generated.Special)];
        foreach (var (name, allowed) in kinds)
            if (!allowed)
                json.WriteBoolean(name, false);
        ReadOnlySpan<(string Name, int Count)> least =
        [
            ("minLower", generated.MinLower), ("minUpper", generated.MinUpper),
            ("minNumeric", generated.MinNumeric), ("minSpecial", generated.MinSpecial),
        ];
        foreach (var (name, count) in least)
            if (count > 0)
                json.WriteNumber(name, count);
        json.WriteEndObject();
    }
}
