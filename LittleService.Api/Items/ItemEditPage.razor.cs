using LittleService.Api.Accounts;
using LittleService.Data.Items;
using Microsoft.AspNetCore.Components;

namespace LittleService.Api.Items;

public sealed partial class ItemEditPage
{
    private Item? _item;
    private string? _problem;
    private bool _isStale;

    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [SupplyParameterFromForm(FormName = "change-item")]
    private ItemForm? Form { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _item = await Store.FindAsync(Id, Http.RequestAborted);
        if (_item is null) Say(StatusCodes.Status404NotFound, "This item is gone.");
        else Form ??= ItemForm.Of(_item);
    }

    private async Task ChangeAsync() =>
        await ShowAsync(
            (await Writer.ChangeAsync(Id, Form!.Fields(_item), [Form.Version], Http.User.ToCaller(), Http.RequestAborted)).Outcome,
            $"/items#item-{Id}");

    private async Task DeleteAsync() =>
        await ShowAsync((await Writer.DeleteAsync(Id, versions: null, Http.User.ToCaller(), Http.RequestAborted)).Outcome, "/items");

    private async Task ShowAsync(ItemOutcome outcome, string next)
    {
        if (outcome == ItemOutcome.Done) Navigation.NavigateTo(next);
        else if (outcome == ItemOutcome.NotYours) Say(StatusCodes.Status403Forbidden, "This item belongs to somebody else.");
        else await ShowAgainAsync();
    }

    // The input is kept beside the current item; saving again overwrites it.
    private async Task ShowAgainAsync()
    {
        _item = await Store.FindAsync(Id, Http.RequestAborted);
        if (_item is null)
        {
            Say(StatusCodes.Status404NotFound, "This item is gone.");
            return;
        }

        (_isStale, Form!.Version) = (true, _item.Version);
        Say(StatusCodes.Status409Conflict,
            "Somebody changed this item meanwhile: below is what it is now, then what you typed. Save again to put yours in its place.");
    }

    private void Say(int status, string? problem) => (Http.Response.StatusCode, _problem) = (status, problem);
}
