using LittleService.Api.Accounts;
using LittleService.Api.Http;
using LittleService.Api.Text;
using LittleService.Data.Accounts;
using LittleService.Data.Items;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.Extensions;

namespace LittleService.Api.Items;

public sealed partial class ItemsPage
{
    private const int PageSize = 20;

    private static readonly (string Value, string Text)[] Orders =
    [
        (ItemSort.NewestFirst, "Newest first"), (ItemSort.OldestFirst, "Oldest first"), (ItemSort.ByName, "By name, A to Z"),
        (ItemSort.ByNameBackwards, "By name, Z to A"), (ItemSort.FewestFirst, "Fewest first"), (ItemSort.MostFirst, "Most first"),
    ];

    private Page<Item>? _page;

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [SupplyParameterFromQuery]
    private string? Search { get; set; }

    [SupplyParameterFromQuery]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery]
    private string? Cursor { get; set; }

    private ItemQuery Query => new(PageSize, Cursor, Search, Sort ?? ItemSort.NewestFirst);

    private bool IsWriter => Http.User.Has(Role.Writer);

    protected override async Task OnInitializedAsync()
    {
        if (Search is null || new StorableTextAttribute().IsValid(Search)) _page = await Paging.PageAsync(Query, Http.RequestAborted);
        if (_page is null) Http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }

    private bool MayEdit(Item item) => IsWriter && (Http.User.Has(Role.Admin) || item.Owner == Http.User.ToCaller().AccountId);

    private string Link(string? cursor)
    {
        var query = new QueryBuilder();
        if (!string.IsNullOrWhiteSpace(Search)) query.Add("search", Search);
        if (Sort is not null) query.Add("sort", Sort);
        if (cursor is not null) query.Add("cursor", cursor);
        return "/items" + query;
    }
}
