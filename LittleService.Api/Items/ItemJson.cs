using System.Text.Json.Serialization;

namespace LittleService.Api.Items;

// The options are those of the service (ItemsEndpoints): where they agree, the generated writers are used, which is twice as fast.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NewItem))]
[JsonSerializable(typeof(ItemChange))]
[JsonSerializable(typeof(ItemView))]
[JsonSerializable(typeof(ItemPage))]
public sealed partial class ItemJson : JsonSerializerContext;
