namespace Acclimate.Torch;

/// <summary>
/// Frees every tensor that was made on this thread while the scope was open, save those that were kept:
/// <c>using var scope = TensorScope.Begin(); … return scope.Keep(result);</c>. Scopes nest; a kept tensor passes to
/// the scope around, or to its caller where there is none. A <c>ref struct</c>: it can't cross an <c>await</c>.
/// </summary>
public readonly ref struct TensorScope : IDisposable
{
    [ThreadStatic]
    private static Frame? current;

    private readonly Frame frame;

    private TensorScope(Frame frame) => this.frame = frame;

    /// <summary>Opens a scope inside the one that is open on this thread.</summary>
    public static TensorScope Begin()
    {
        current = new Frame(current);
        return new TensorScope(current);
    }

    /// <summary>Lets a tensor outlive this scope.</summary>
    /// <param name="tensor">A tensor that was made inside it; any other is left as it is.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (ReferenceEquals(tensor.Scope, frame))
            frame.Outer.Adopt(tensor);
        return tensor;
    }

    /// <summary>Frees what was made inside and not kept.</summary>
    public void Dispose()
    {
        current = frame.Outer;
        frame.Free();
    }

    internal static void Register(Tensor tensor) => current.Adopt(tensor);

    internal sealed class Frame(Frame? outer)
    {
        private readonly List<Tensor> made = [];

        public Frame? Outer { get; } = outer;

        public void Add(Tensor tensor) => made.Add(tensor);

        /// <summary>Disposes what this frame still owns: a tensor that moved on carries another frame.</summary>
        public void Free()
        {
            foreach (Tensor tensor in made)
            {
                if (ReferenceEquals(tensor.Scope, this))
                    tensor.Dispose();
            }
        }
    }
}

internal static class FrameExtensions
{
    /// <summary>Makes a frame the owner of a tensor; no frame means that its caller owns it.</summary>
    public static void Adopt(this TensorScope.Frame? frame, Tensor tensor)
    {
        tensor.Scope = frame;
        frame?.Add(tensor);
    }
}
