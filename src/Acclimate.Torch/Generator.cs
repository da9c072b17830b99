using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// A seeded source of random numbers. All randomness goes through one: the same seed, device and order of calls give
/// the same bits on the same machine.
/// </summary>
public sealed unsafe class Generator : IDisposable
{
    /// <summary>Creates a generator on the processor.</summary>
    /// <param name="seed">Any number.</param>
    public Generator(long seed)
        : this(seed, Device.Cpu)
    {
    }

    /// <summary>Creates a generator on a device.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="device">Where the tensors live that it fills.</param>
    /// <exception cref="TorchException">There is no such device.</exception>
    public Generator(long seed, Device device)
        : this(seed, device, filled: device)
    {
    }

    private Generator(long seed, Device device, Device filled)
    {
        Engine.Start();
        Device = filled;
        Seed = seed;
        long native = 0;
        byte* error = null;
        Bridge.Check(Bridge.ac_generator_new(device.Packed, seed, &native, &error), error);
        Handle = new GeneratorHandle(native);
    }

    /// <summary>Where it draws.</summary>
    public Device Device { get; }

    /// <summary>The seed that it started from.</summary>
    public long Seed { get; }

    internal GeneratorHandle Handle { get; }

    /// <summary>
    /// One that draws nothing: what is made of it has a shape but no elements, so that a network costs no memory and no
    /// time, and can be asked what its state is called.
    /// </summary>
    internal static Generator OfShapes() => new(0, Device.Cpu, filled: Device.Meta);

    /// <summary>
    /// A seed for one purpose and position, far from those of every other: so a draw depends on where it stands and
    /// not on what was drawn before it, and a run can go on in the middle (splitmix64 of each part in turn).
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="parts">What sets this draw apart: purpose, epoch, step …</param>
    public static long Derive(long seed, params ReadOnlySpan<long> parts)
    {
        ulong state = Mix((ulong)seed);
        foreach (long part in parts)
            state = Mix(state + (ulong)part);
        return (long)state;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
