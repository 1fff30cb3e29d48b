namespace Aspire.Hosting.Dashboard;

/// <summary>Ends a call with this status; the message reaches the client.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status => status;
}
