namespace LittleService.Api.Http;

/// <summary>Tells the description of the API that each of a list is one of these; the endpoint itself refuses others.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public abstract class EachOfAttribute : Attribute
{
    public abstract IReadOnlyList<string> Values { get; }
}
