namespace LittleService.Data.Items;

/// <summary>
/// A thing in the shop. <c>Searchable</c> turns true once the worker has run <see cref="IndexItem"/>; <c>Version</c> grows with every
/// change.
/// </summary>
public sealed record Item(
    Guid Id, string Name, int Quantity, string Description, DateTime DateAdded, bool Searchable, int Version, Guid? Owner)
{
    /// <summary>The most characters of a name.</summary>
    public const int LongestName = 200;

    /// <summary>The most characters of a description.</summary>
    public const int LongestDescription = 2000;
}

/// <summary>What people say about an item.</summary>
public sealed record ItemFields(string Name, int Quantity, string Description);
