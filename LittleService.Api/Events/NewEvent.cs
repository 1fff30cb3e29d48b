using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using LittleService.Data.Events;

namespace LittleService.Api.Events;

/// <summary>
/// An event, for the description of the API: what comes is read without it. One alone, without an array around it, is taken too.
/// </summary>
/// <param name="Name">What happened. It takes 100 bytes of UTF-8, and does not begin with a parenthesis.</param>
/// <param name="OccurredAt">When, with an offset; now where it is left out.</param>
/// <param name="Id">Of two with one id, one is counted. It takes 64 bytes.</param>
/// <param name="Subject">Whom it concerns, to count how many. It takes 200 bytes.</param>
/// <param name="Value">A number to sum.</param>
/// <param name="Properties">Up to ten texts, numbers, true or false, in 1,024 bytes; checked, and not kept.</param>
public sealed record NewEvent(
    [StringLength(100, MinimumLength = 1)] string Name, DateTimeOffset? OccurredAt = null,
    [StringLength(64, MinimumLength = 1)] string? Id = null,
    [StringLength(200, MinimumLength = 1)] string? Subject = null,
    [Range(-EventOptions.LargestValue, EventOptions.LargestValue)] double? Value = null,
    Dictionary<string, JsonElement>? Properties = null);
