namespace LittleService.Data.Items;

/// <summary>
/// A thing in the shop. <c>Searchable</c> turns true once the worker has run <see cref="IndexItem"/>; <c>Version</c> grows with every
/// change.
/// </summary>
public sealed record Item(
    Guid Id, string Name, int Quantity, string Description, DateTime DateAdded, bool Searchable, int Version, Guid? Owner);

/// <summary>What people say about an item.</summary>
public sealed record ItemFields(string Name, int Quantity, string Description);
