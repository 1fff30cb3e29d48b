namespace LittleService.Data.Accounts;

/// <summary>What an account or a key may do; each includes the one before.</summary>
public enum Role
{
    Reader,
    Writer,
    Admin,
}

public static class Roles
{
    /// <summary>The role as it stands in the database, in claims and in JSON.</summary>
    public static string Text(this Role role) => role switch { Role.Reader => "reader", Role.Writer => "writer", _ => "admin" };

    public static Role Parse(string text) => Enum.Parse<Role>(text, ignoreCase: true);
}
