using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using LittleService.Api.Text;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LittleService.Api.Http;

/// <summary>
/// Says in the description what validation does. The generator reads attributes of properties; those of records stand at the parameters of
/// their constructors, and it leaves out which values are allowed.
/// </summary>
internal static class OpenApiConstraints
{
    public static void AddConstraints(this OpenApiOptions options)
    {
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo is null) Describe(schema, context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                var described = context.Description.ParameterDescriptions.FirstOrDefault(
                    each => each.Name == parameter.Name)?.ParameterDescriptor;
                if (described is IParameterInfoParameterDescriptor { ParameterInfo: { } info } && parameter.Schema is OpenApiSchema schema)
                    Apply(schema, info.GetCustomAttributes());
                // Validation would give 400; what is missing without it is a precondition.
                if (parameter.Name == "If-Match" && context.Description.HttpMethod == HttpMethods.Put) parameter.Required = true;
            }

            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiSchema schema, Type type)
    {
        if (schema.Properties is null || type.GetConstructors() is not [var constructor]) return;
        foreach (var parameter in constructor.GetParameters())
        {
            var property = schema.Properties.FirstOrDefault(
                each => string.Equals(each.Key, parameter.Name, StringComparison.OrdinalIgnoreCase)).Value;
            if (property is OpenApiSchema described) Apply(described, parameter.GetCustomAttributes());
        }
    }

    private static void Apply(OpenApiSchema schema, IEnumerable<Attribute> rules)
    {
        foreach (var rule in rules)
        {
            switch (rule)
            {
                case RequiredAttribute when schema.Type?.HasFlag(JsonSchemaType.String) == true:
                    schema.MinLength = Math.Max(schema.MinLength ?? 0, 1);
                    break;
                case StringLengthAttribute length:
                    (schema.MinLength, schema.MaxLength) = (Math.Max(schema.MinLength ?? 0, length.MinimumLength), length.MaximumLength);
                    break;
                case MinLengthAttribute least:
                    schema.MinItems = least.Length;
                    break;
                case MaxLengthAttribute most:
                    schema.MaxItems = most.Length;
                    break;
                case RangeAttribute range:
                    schema.Minimum = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
                    schema.Maximum = Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
                    break;
                case AllowedValuesAttribute values:
                    schema.Enum = [.. values.Values.OfType<string>().Select(static value => (JsonNode)JsonValue.Create(value))];
                    break;
                case RegularExpressionAttribute pattern:
                    // The attribute matches the whole text, a pattern of JSON Schema any part of it.
                    schema.Pattern = $"^{pattern.Pattern}$";
                    break;
                case EachOfAttribute values when schema.Items is OpenApiSchema each:
                    each.Enum = [.. values.Values.Select(static value => (JsonNode)JsonValue.Create(value))];
                    break;
                case NameAttribute:
                    schema.Pattern = NameAttribute.Pattern;
                    schema.Description ??= "One line, with something in it to be seen.";
                    break;
            }
        }
    }
}
