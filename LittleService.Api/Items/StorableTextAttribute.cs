using System.ComponentModel.DataAnnotations;

namespace LittleService.Api.Items;

/// <summary>Refuses text that Postgres cannot keep: the character NUL and halves of surrogate pairs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class StorableTextAttribute() : ValidationAttribute("The field {0} holds characters that cannot be stored.")
{
    public override bool IsValid(object? value) => value is not string text || IsStorable(text);

    private static bool IsStorable(string text)
    {
        if (text.Contains('\0')) return false;
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return false;
            at++;
        }
        return true;
    }
}
