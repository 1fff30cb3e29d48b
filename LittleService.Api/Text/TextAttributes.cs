using System.ComponentModel.DataAnnotations;
using LittleService.Data.Text;
using LittleService.Jobs.Storage;

namespace LittleService.Api.Text;

/// <summary>Refuses text that Postgres cannot keep: the character NUL and halves of surrogate pairs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class StorableTextAttribute() : ValidationAttribute("The field {0} holds characters that cannot be stored.")
{
    public override bool IsValid(object? value) => value is not string text || PostgresText.IsStorable(text);
}

/// <summary>
/// Refuses a name in which there is nothing to be seen, and one of several lines. An empty one is for <see cref="RequiredAttribute"/> to
/// refuse.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NameAttribute()
    : ValidationAttribute("The field {0} must be one line of visible characters, without tabs or other control characters.")
{
    /// <summary>As much of the rule as a pattern of JSON Schema says plainly: one line, which is not blank.</summary>
    public const string Pattern =
        @"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029]"
        + @"[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$";

    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text || (PlainText.IsVisible(text) && PlainText.IsLine(text));
}

/// <summary>
/// Bounds the length of a text as Postgres and JSON Schema count it: in characters, where <see cref="string.Length"/> counts some twice.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class CharactersAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    public override bool IsValid(object? value) =>
        value is not string text || (PlainText.Length(text) <= MaximumLength && PlainText.Length(text) >= MinimumLength);
}
