namespace Aspire.Hosting;

/// <summary>A fault that the message alone explains; the app host prints it and nothing else.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>A fault without a message.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>A fault.</summary>
    public DistributedApplicationException(string message) : base(message)
    {
    }

    /// <summary>A fault and its cause.</summary>
    public DistributedApplicationException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>A parameter has no value.</summary>
/// <param name="message">Says which and how to give it one.</param>
public class MissingParameterValueException(string message) : DistributedApplicationException(message);
