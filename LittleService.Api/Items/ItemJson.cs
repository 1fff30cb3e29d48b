using System.Text.Json.Serialization;
using LittleService.Data.Items;

namespace LittleService.Api.Items;

[JsonSerializable(typeof(NewItem))]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(ItemPage))]
public sealed partial class ItemJson : JsonSerializerContext;
