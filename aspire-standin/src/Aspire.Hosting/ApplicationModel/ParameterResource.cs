using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value given from outside: <c>Parameters:name</c> in the configuration.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="callback">Finds the value.</param>
/// <param name="secret">Whether it must not be shown.</param>
public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name), IExpressionValue
{
    private string? _value;

    /// <summary>Used where nothing is configured.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>Whether it must not be shown.</summary>
    public bool Secret { get; } = secret;

    /// <summary>Whether it stands under <c>ConnectionStrings</c> rather than <c>Parameters</c>.</summary>
    public bool IsConnectionString { get; set; }

    /// <inheritdoc/>
    public string ValueExpression => IsConnectionString ? $"{{{Name}.connectionString}}" : $"{{{Name}.value}}";

    /// <summary>What it is for.</summary>
    public string? Description { get; set; }

    internal string ConfigurationKey => $"{(IsConnectionString ? "ConnectionStrings" : "Parameters")}:{Name}";

    /// <summary>The value; throws <see cref="MissingParameterValueException"/> where there is none.</summary>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_value ??= callback(Default));
}

/// <summary>The value of a parameter for which nothing is configured.</summary>
public abstract class ParameterDefault
{
    /// <summary>The value.</summary>
    public abstract string GetDefaultValue();
}

/// <summary>A random value.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerCase = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCase = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Specials = "-_.{}~()*+!";

    /// <summary>Characters at least.</summary>
    public int MinLength { get; set; }

    /// <summary>Lower case letters allowed.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Upper case letters allowed.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Digits allowed.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Other characters allowed.</summary>
    public bool Special { get; set; } = true;

    /// <summary>Lower case letters at least.</summary>
    public int MinLower { get; set; }

    /// <summary>Upper case letters at least.</summary>
    public int MinUpper { get; set; }

    /// <summary>Digits at least.</summary>
    public int MinNumeric { get; set; }

    /// <summary>Other characters at least.</summary>
    public int MinSpecial { get; set; }

    /// <inheritdoc/>
    public override string GetDefaultValue()
    {
        (bool Allowed, string Letters, int Least)[] kinds =
            [(Lower, LowerCase, MinLower), (Upper, UpperCase, MinUpper), (Numeric, Digits, MinNumeric), (Special, Specials, MinSpecial)];
        var alphabet = string.Concat(kinds.Where(k => k.Allowed).Select(k => k.Letters));
        var demanded = string.Concat(kinds.Select(k => RandomNumberGenerator.GetString(k.Letters, k.Least)));
        var rest = Math.Max(MinLength - demanded.Length, 0);
        var value = (demanded + RandomNumberGenerator.GetString(alphabet, rest)).ToCharArray();
        RandomNumberGenerator.Shuffle(value.AsSpan());
        return new string(value);
    }
}
