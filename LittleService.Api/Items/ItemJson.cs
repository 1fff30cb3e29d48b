using System.Text.Json.Serialization;
using LittleService.Api.Http;

namespace LittleService.Api.Items;

// The options are those of the service (ItemsEndpoints): where they agree, the generated writers are used, which is twice as fast.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NewItem))]
[JsonSerializable(typeof(ItemChange))]
[JsonSerializable(typeof(ItemView))]
[JsonSerializable(typeof(Page<ItemView>))]
public sealed partial class ItemJson : JsonSerializerContext;
