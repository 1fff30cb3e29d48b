using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace LittleService.Data.Accounts;

/// <summary>What a password may be.</summary>
public static partial class Passwords
{
    public const int Shortest = 12;
    public const int Longest = 200;

    private static readonly Lazy<HashSet<string>> Common = new(ReadWords);

    /// <summary>A random password of more than 128 bits.</summary>
    public static string Create() => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 24);

    /// <summary>
    /// Why this cannot be the password of the account, or null. There are no rules on kinds of characters: they make passwords guessable.
    /// </summary>
    public static string? ProblemOf(string? password, string account)
    {
        if (password is null || password.Length < Shortest) return $"A password has at least {Shortest} characters.";
        if (password.Length > Longest) return $"A password has at most {Longest} characters.";
        var lower = password.ToLowerInvariant();
        if (account.Length > 3 && lower.Contains(account, StringComparison.Ordinal)) return "The password holds the name of the account.";
        if (lower.Distinct().Count() < 5 || IsCommon(lower) || IsCommon(Plain(lower)))
            return "This password is too common: it is made of words that are guessed first.";
        return null;
    }

    // Whether all letters belong to common words; non-ASCII characters count as letters.
    private static bool IsCommon(string text) => NoLetters().Split(text).All(static letters =>
    {
        var ends = new bool[letters.Length + 1];
        ends[0] = true;
        for (var end = 1; end <= letters.Length; end++)
            for (var start = 0; start < end && !ends[end]; start++) ends[end] = ends[start] && Common.Value.Contains(letters[start..end]);
        return ends[^1];
    });

    // Undoes common substitutions, as guessing programs do: P4$$w0rd123 is password.
    private static string Plain(string text) => string.Concat(Outside().Replace(text, "").Select(static letter => letter switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => letter,
    }));

    private static HashSet<string> ReadWords()
    {
        using var reader = new StreamReader(
            typeof(Passwords).Assembly.GetManifestResourceStream("LittleService.Data.Accounts.common-words.txt")!);
        return [.. NoLetters().Split(reader.ReadToEnd())];
    }

    [GeneratedRegex("[\\x00-\\x60\\x7b-\\x7f]+")]
    private static partial Regex NoLetters();

    [GeneratedRegex("^[\\x00-\\x60\\x7b-\\x7f]+|[\\x00-\\x60\\x7b-\\x7f]+$")]
    private static partial Regex Outside();
}
