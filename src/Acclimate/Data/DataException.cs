namespace Acclimate.Data;

/// <summary>
/// Data that can't be used: a file that is damaged or of another kind than it claims, a value that no method can work
/// with, two domains that don't fit together. The message names the file and the place in it, what was found and what
/// was expected.
/// </summary>
public sealed class DataException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DataException()
    {
    }

    /// <summary>Creates the exception with what was found where, and what was expected.</summary>
    /// <param name="message">What was found where, and what was expected.</param>
    public DataException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What was found where, and what was expected.</param>
    /// <param name="innerException">The cause.</param>
    public DataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
