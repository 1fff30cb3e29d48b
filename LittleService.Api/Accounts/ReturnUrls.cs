namespace LittleService.Api.Accounts;

public static class ReturnUrls
{
    /// <summary>
    /// The address to go on to after a login, if it is a path of ours; otherwise the first page. Browsers read \ as /, and drop control
    /// characters.
    /// </summary>
    public static string Safe(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : "/";
}
