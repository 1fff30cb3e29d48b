namespace LittleService.Api.Text;

/// <summary>The rules of the attributes beside it, for the fields of forms.</summary>
public static class LineText
{
    /// <summary>Whether the text is one line of at most so many characters, some of them visible, that can be stored.</summary>
    public static bool IsValid(string text, int longest) =>
        new CharactersAttribute(longest).IsValid(text) && new StorableTextAttribute().IsValid(text) && new NameAttribute().IsValid(text);
}
