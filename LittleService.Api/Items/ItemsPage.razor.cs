using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace LittleService.Api.Items;

public sealed partial class ItemsPage
{
    private const int PageSize = 20;

    private EditContext _edit = null!;
    private ItemPage? _page;

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [SupplyParameterFromForm]
    private ItemForm Form { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? Cursor { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        _edit = new(Form);
        _page = await Store.PageAsync(Cursor, PageSize, Http.RequestAborted);
        if (_page is null) Http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }

    // The redirect makes a reload show the list again rather than add the item twice.
    private async Task AddAsync()
    {
        var item = await Store.AddAsync(Form.Name!, Form.Quantity!.Value, Form.Description ?? "", Http.RequestAborted);
        Navigation.NavigateTo($"/items#item-{item.Id}");
    }

    private void Refuse() => Http.Response.StatusCode = StatusCodes.Status400BadRequest;
}
