namespace Acclimate.Downloads;

/// <summary>One attempt at one address failed.</summary>
/// <param name="message">What came instead of the file.</param>
/// <param name="transient">Whether the same address may do better a little later.</param>
/// <param name="wait">When, if the server says.</param>
internal sealed class TransferException(string message, bool transient, TimeSpan? wait = null) : Exception(message)
{
    /// <summary>Whether the same address may do better a little later.</summary>
    public bool Transient { get; } = transient;

    /// <summary>How long to wait before that, if the server says.</summary>
    public TimeSpan? Wait { get; } = wait;
}
