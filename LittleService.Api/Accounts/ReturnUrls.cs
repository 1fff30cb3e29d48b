namespace LittleService.Api.Accounts;

public static class ReturnUrls
{
    /// <summary>
    /// The address to go on to after signing in, if it is a path of ours; otherwise the first page. Browsers read \ as /, and drop control
    /// characters.
    /// </summary>
    public static string Safe(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..]
        && address.All(letter => char.IsAscii(letter) && !char.IsControl(letter)) ? address : "/";

    /// <summary>The path with the address to go on to, if there is one.</summary>
    public static string With(string path, string? address) =>
        Safe(address) is var safe and not "/" ? $"{path}?returnUrl={Uri.EscapeDataString(safe)}" : path;
}
