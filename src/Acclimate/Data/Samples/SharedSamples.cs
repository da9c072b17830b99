namespace Acclimate.Data;

/// <summary>Samples that several domains show: they go when the last of these is disposed.</summary>
internal sealed class SharedSamples(ISamples samples)
{
    private int holders = 1;

    public ISamples Samples => Volatile.Read(ref holders) > 0 ? samples : throw new ObjectDisposedException(nameof(Domain));

    public SharedSamples Share()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref holders);
            ObjectDisposedException.ThrowIf(seen == 0, typeof(Domain));
        }
        while (Interlocked.CompareExchange(ref holders, seen + 1, seen) != seen);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
            samples.Dispose();
    }
}
