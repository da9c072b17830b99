using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// A region in which nothing is recorded for autograd: <c>using (NoGrad.Begin()) { … }</c>. Grad mode belongs to a
/// thread, so the region is a <c>ref struct</c>: the compiler keeps it from crossing an <c>await</c>.
/// </summary>
public readonly ref struct NoGrad : IDisposable
{
    private readonly int before;

    private NoGrad(int before) => this.before = before;

    /// <summary>Stops recording until the region is disposed; regions may be nested.</summary>
    public static NoGrad Begin()
    {
        Engine.Start();
        return new NoGrad(Bridge.ac_grad_mode(0));
    }

    /// <summary>Restores what was in force before the region.</summary>
    public void Dispose() => _ = Bridge.ac_grad_mode(before);
}
