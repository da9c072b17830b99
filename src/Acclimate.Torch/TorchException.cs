namespace Acclimate.Torch;

/// <summary>libtorch refused or failed at a call; the message is its own, one line.</summary>
public sealed class TorchException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TorchException()
    {
    }

    /// <summary>Creates the exception with libtorch's message.</summary>
    /// <param name="message">What libtorch said.</param>
    public TorchException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public TorchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The engine could not be started: libtorch or a native part was not found, or could not be built.</summary>
public sealed class EngineNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EngineNotFoundException()
    {
    }

    /// <summary>Creates the exception with what was tried and how to mend it.</summary>
    /// <param name="message">What was tried and how to mend it.</param>
    public EngineNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What was tried and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public EngineNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
