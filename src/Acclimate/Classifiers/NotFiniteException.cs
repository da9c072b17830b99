namespace Acclimate.Classifiers;

/// <summary>Samples that something is to learn from hold NaN or infinite values.</summary>
public sealed class NotFiniteException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public NotFiniteException()
        : this("the samples hold NaN or infinite values; expected finite ones")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What holds them.</param>
    public NotFiniteException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What holds them.</param>
    /// <param name="innerException">The cause.</param>
    public NotFiniteException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
