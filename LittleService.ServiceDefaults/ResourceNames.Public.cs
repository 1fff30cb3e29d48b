namespace LittleService.ServiceDefaults;

/// <summary>The names of the resources, shared by the app host, the services and the tests, so that a typo cannot compile.</summary>
public static partial class ResourceNames;
