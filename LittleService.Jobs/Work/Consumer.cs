using System.Security.Cryptography;

namespace LittleService.Jobs.Work;

/// <summary>This worker's name: machine and process, and a little chance, as a container's process is always number 1.</summary>
internal sealed class Consumer
{
    public string Name { get; } =
        $"{Environment.MachineName}:{Environment.ProcessId}:{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
}
