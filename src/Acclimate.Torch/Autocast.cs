using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// A region in which convolutions and matrix products compute in a half type: <c>using (Autocast.Begin(type)) { … }</c>.
/// Parameters stay as they are; what comes out may be of the half type. Like grad mode it belongs to a thread, so the
/// region is a <c>ref struct</c>.
/// </summary>
public readonly ref struct Autocast : IDisposable
{
    private const int Off = -1;

    private readonly int device;
    private readonly int before;

    private Autocast(int device, int before)
    {
        this.device = device;
        this.before = before;
    }

    /// <summary>Computes in <paramref name="type"/> until the region is disposed; regions may be nested.</summary>
    /// <param name="type"><see cref="ScalarType.BFloat16"/> (or Float16, on a card), or Float32 to compute as without a region.</param>
    /// <param name="device">For which device's operators; the processor's where it is left out.</param>
    public static Autocast Begin(ScalarType type, Device? device = null)
    {
        Engine.Start();
        int kind = (device ?? Device.Cpu).Type;
        return new Autocast(kind, Bridge.ac_autocast(kind, type == ScalarType.Float32 ? Off : (int)type));
    }

    /// <summary>Restores what was in force before the region.</summary>
    public void Dispose() => _ = Bridge.ac_autocast(device, before);
}
