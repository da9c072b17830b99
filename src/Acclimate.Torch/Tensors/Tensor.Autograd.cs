using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <content>Gradients.</content>
public sealed unsafe partial class Tensor
{
    /// <summary>Whether gradients are wanted for this tensor.</summary>
    public bool RequiresGrad => ReadFact(Fact.RequiresGrad) != 0;

    /// <summary>Whether the tensor is no result of an operation that autograd recorded.</summary>
    public bool IsLeaf => ReadFact(Fact.IsLeaf) != 0;

    /// <summary>The gradient that <see cref="Backward"/> gathered, as a fresh handle; none where there is none.</summary>
    public Tensor? Grad
    {
        get
        {
            long grad = 0;
            byte* error = null;
            Bridge.Check(Bridge.ac_tensor_grad(Handle, &grad, &error), error);
            return grad == 0 ? null : new Tensor(grad);
        }
    }

    /// <summary>Asks for gradients of this tensor, or stops asking.</summary>
    /// <param name="wanted">Whether gradients are wanted.</param>
    /// <returns>The same tensor.</returns>
    public Tensor WithGrad(bool wanted = true)
    {
        Op("aten::requires_grad_").Run(this, wanted);
        return this;
    }

    /// <summary>Replaces the gathered gradient, or clears it.</summary>
    /// <param name="gradient">The new one; none clears it.</param>
    public void SetGrad(Tensor? gradient)
    {
        byte* error = null;
        Bridge.Check(Bridge.ac_tensor_set_grad(Handle, gradient?.Handle ?? TensorHandle.None, &error), error);
    }

    /// <summary>The same elements, cut off from autograd.</summary>
    public Tensor Detach() => Op("aten::detach").Call(this);

    /// <summary>
    /// Adds the gradient of this number to <see cref="Grad"/> of every leaf it was made from that wants one.
    /// </summary>
    /// <param name="gradient">The gradient to start from, where this is not a single number.</param>
    public void Backward(Tensor? gradient = null) => Op("aten::_backward").Run(this, Array.Empty<Tensor>(), gradient);

    /// <summary>∂output/∂input for each input, touching no <see cref="Grad"/>; none where the output doesn't depend on it.</summary>
    /// <param name="output">A single number.</param>
    /// <param name="inputs">The tensors to differentiate by.</param>
    /// <param name="createGraph">Whether the gradients themselves can be differentiated.</param>
    public static Tensor?[] Gradients(Tensor output, Tensor[] inputs, bool createGraph = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(inputs);
        long result = output.Handle.DangerousGetHandle();
        long none = 0;
        long[] wanted = Array.ConvertAll(inputs, static t => (long)t.Handle.DangerousGetHandle());
        long[] found = new long[inputs.Length];
        byte* error = null;
        fixed (long* from = wanted, to = found)
            Bridge.Check(Bridge.ac_gradients(&result, &none, 1, from, wanted.Length, createGraph ? 1 : 0, to, &error), error);
        GC.KeepAlive(inputs);
        GC.KeepAlive(output);
        return Array.ConvertAll(found, static handle => handle == 0 ? null : new Tensor(handle));
    }

    /// <summary>
    /// The same elements, through which the gradient flows back multiplied by <paramref name="factor"/>: −λ makes the
    /// gradient-reversal layer of Ganin &amp; Lempitsky, "Unsupervised Domain Adaptation by Backpropagation", ICML 2015.
    /// </summary>
    /// <param name="factor">What the gradient is multiplied by.</param>
    public Tensor ScaleGradient(double factor)
    {
        long scaled = 0;
        byte* error = null;
        Bridge.Check(Bridge.ac_tensor_scale_gradient(Handle, factor, &scaled, &error), error);
        return new Tensor(scaled);
    }
}
