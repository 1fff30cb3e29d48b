using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace AspireStandIn.Tests.Surface;

/// <summary>Prints the public surface of a type, one line a member, in the format in which the surface of the real assemblies is recorded.</summary>
internal static class SurfacePrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly string[] Unprinted = ["Equals", "GetHashCode", "ToString", "Deconstruct"];
    private static readonly NullabilityInfoContext Nullability = new();

    public static SurfaceType Print(Type type) =>
        new($"{Kind(type)} {type.Namespace}.{TypeName.Of(type)}", Mark(type), [.. Bases(type)], [.. Members(type)]);

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsSealed: true } => "sealed class",
        { IsAbstract: true } => "abstract class",
        _ => "class",
    };

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType)
            yield return TypeName.Of(parent);
        foreach (var contract in type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []))
            if (contract.Namespace!.StartsWith("Aspire", StringComparison.Ordinal))
                yield return TypeName.Of(contract);
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return [string.Join(", ", Enum.GetNames(type))];
        var methods = type.GetMethods(Declared).Where(method => !method.IsSpecialName && method.Name[0] != '<' && !Unprinted.Contains(method.Name));
        return type.GetConstructors().Select(member => Method(member) + Mark(member))
            .Concat(type.GetFields(Declared).Select(member => Field(member) + Mark(member)))
            .Concat(type.GetProperties(Declared).Select(member => Property(member) + Mark(member)))
            .Concat(methods.Select(member => Method(member) + Mark(member)));
    }

    private static string Field(FieldInfo field) => field.IsLiteral
        ? $"const {TypeName.Of(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}"
        : $"{(field.IsStatic ? "static readonly" : "")} {TypeName.Of(field.FieldType)} {field.Name}";

    private static string Property(PropertyInfo property)
    {
        var mayBeNull = !property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable;
        var setter = property.SetMethod is not { IsPublic: true } method ? ""
            : method.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "init; " : "set; ";
        return $"{TypeName.Of(property.PropertyType)}{(mayBeNull ? "?" : "")} {property.Name} {{ {(property.CanRead ? "get; " : "")}{setter}}}";
    }

    private static string Method(MethodBase method)
    {
        var generics = method.IsGenericMethod ? method.GetGenericArguments() : [];
        var names = generics.Length > 0 ? $"<{string.Join(", ", generics.Select(TypeName.Of))}>" : "";
        var self = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        var parameters = string.Join(", ", method.GetParameters().Select(Parameter));
        var start = method is MethodInfo info
            ? $"{TypeName.Of(info.ReturnType)} {method.Name}"
            : method.DeclaringType!.Name.Split('`')[0];
        return $"{(method.IsStatic ? "static " : "")}{start}{names}({self}{parameters}){string.Concat(generics.Select(TypeName.Constraints))}";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var mayBeNull = !parameter.ParameterType.IsValueType && Nullability.Create(parameter).ReadState == NullabilityState.Nullable;
        var passing = (parameter.IsOut ? "out " : "") + (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "");
        var text = $"{passing}{TypeName.Of(parameter.ParameterType)}{(mayBeNull ? "?" : "")} {parameter.Name}";
        return parameter.HasDefaultValue ? $"{text} = {Default(parameter)}" : text;
    }

    private static string? Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var number when parameter.ParameterType.IsEnum => $"{TypeName.Of(parameter.ParameterType)}.{Enum.ToObject(parameter.ParameterType, number)}",
        var other => Convert.ToString(other, CultureInfo.InvariantCulture),
    };

    private static string Mark(MemberInfo member)
    {
        var experimental = member.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType.Name == "ExperimentalAttribute");
        return (experimental is null ? "" : $"   // experimental {experimental.ConstructorArguments[0].Value}")
            + (member.IsDefined(typeof(ObsoleteAttribute)) ? "   // obsolete" : "");
    }
}
