namespace LittleService.AppHost;

/// <summary>
/// The graph cannot be started as asked. The message is one sentence that says why and what to do; <c>AppHost.cs</c> writes it to the
/// console and ends with exit code 1, since a stack trace would hide it.
/// </summary>
public sealed class StartException(string message) : DistributedApplicationException(message);
