namespace LittleService.Api.Http;

/// <summary>A page of a list. <c>Next</c> is the cursor of the page after it; null on the last one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    public Page<TOther> Select<TOther>(Func<T, TOther> other) => new([.. Items.Select(other)], Next);
}
