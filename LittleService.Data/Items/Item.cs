namespace LittleService.Data.Items;

/// <summary>A thing in the shop. <c>Searchable</c> turns true once the worker has run <see cref="IndexItem"/>.</summary>
public sealed record Item(Guid Id, string Name, int Quantity, string Description, DateTime DateAdded, bool Searchable);
