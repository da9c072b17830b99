namespace Acclimate.Torch;

/// <summary>
/// A part of a network: parameters that are learned, buffers that are not, and smaller modules. Names are dotted as in
/// PyTorch's state dicts (<c>conv1.weight</c>, <c>bn.running_mean</c>). A module owns its tensors and its children and
/// frees them when it is disposed.
/// </summary>
public abstract partial class Module : IDisposable
{
    private readonly List<KeyValuePair<string, Tensor>> parameters = [];
    private readonly List<(string Name, Tensor Tensor, bool Optional)> buffers = [];
    private readonly List<KeyValuePair<string, Module>> children = [];

    /// <summary>So many of the first parameters stay for good; see <see cref="Fix"/>.</summary>
    private int fixedParameters;

    /// <summary>Whether the module is being trained: dropout drops, batch norm uses the batch. True at first.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>The modules directly inside, with their names, in the order they were added.</summary>
    public IReadOnlyList<KeyValuePair<string, Module>> Children => children;

    /// <summary>How many numbers the parameters hold.</summary>
    public long ParameterCount => NamedParameters().Sum(static p => p.Value.Count);

    /// <summary>How many numbers the parameters hold that are being learned (see <see cref="Freeze"/>).</summary>
    public long TrainableParameterCount => NamedParameters().Where(static p => p.Value.RequiresGrad).Sum(static p => p.Value.Count);

    /// <summary>Whether <see cref="Forward"/> changes the elements of its input: then nobody else may need them.</summary>
    public virtual bool OverwritesInput => false;

    /// <summary>Applies the module.</summary>
    /// <param name="input">The input.</param>
    /// <returns>A fresh tensor, never the input itself.</returns>
    public abstract Tensor Forward(Tensor input);

    /// <summary>This module and all inside it, each before its children.</summary>
    public IEnumerable<Module> Modules()
    {
        yield return this;
        foreach ((_, Module child) in children)
        {
            foreach (Module module in child.Modules())
                yield return module;
        }
    }

    /// <summary>Whether <see cref="Freeze"/> keeps the module as it is.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Goes over to training, all modules inside too but those that are frozen, which stay in use.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Goes over to use, all modules inside too.</summary>
    public void Eval() => SetTraining(false);

    /// <summary>
    /// Keeps the module as it is, all modules inside too: the parameters are not learnt, and <see cref="Train"/> leaves it in use,
    /// so that nothing is dropped and batch norm normalises by its running statistics and leaves them.
    /// </summary>
    public void Freeze() => SetFrozen(true);

    /// <summary>Learns the parameters again; the next <see cref="Train"/> takes it along.</summary>
    public void Unfreeze() => SetFrozen(false);

    /// <summary>
    /// Keeps every parameter that is there by now, all modules inside too, as it is for good: <see cref="Unfreeze"/> does not let go of it,
    /// and a module that has such parameters stays in use, as if frozen. Parameters that are added later learn.
    /// </summary>
    /// <param name="which">Of which of these modules the own parameters are kept; of all where it is left out.</param>
    public void Fix(Func<Module, bool>? which = null)
    {
        foreach (Module module in Modules().Where(module => which is null || which(module)))
        {
            module.fixedParameters = module.parameters.Count;
            module.Training &= !module.IsFixed;
            foreach ((_, Tensor parameter) in module.parameters)
                parameter.WithGrad(false);
        }
    }

    /// <summary>Whether <see cref="Fix"/> keeps parameters of this very module.</summary>
    public bool IsFixed => fixedParameters > 0;

    /// <summary>Clears every parameter's gradient.</summary>
    public void ZeroGrad()
    {
        foreach ((_, Tensor parameter) in NamedParameters())
            parameter.SetGrad(null);
    }

    /// <summary>Says where the modules that draw random numbers take them from; all modules inside too.</summary>
    /// <param name="generator">The source; the caller keeps and disposes it.</param>
    public virtual void UseGenerator(Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        foreach ((_, Module child) in children)
            child.UseGenerator(generator);
    }

    /// <summary>
    /// Moves parameters and buffers to a device; the tensors stay the same objects. Gradients are cleared. An optimizer
    /// holds state on the parameters' device, so move first and make the optimizer afterwards.
    /// </summary>
    /// <param name="device">Where to.</param>
    /// <exception cref="TorchException">There is no such device.</exception>
    public void To(Device device) => Convert(tensor => tensor.To(device));

    /// <summary>Converts parameters and floating-point buffers to another type, as <see cref="To(Device)"/> moves them.</summary>
    /// <param name="type">The type wanted.</param>
    /// <exception cref="ArgumentException">The type is not a floating-point one.</exception>
    public void To(ScalarType type)
    {
        if (!type.IsFloatingPoint())
            throw new ArgumentException($"parameters are of floating point, not {type}", nameof(type));
        Convert(tensor => tensor.Type.IsFloatingPoint() ? tensor.To(type) : tensor.Alias());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the module holds.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach ((_, Tensor parameter) in parameters)
            parameter.Dispose();
        foreach ((_, Tensor buffer, _) in buffers)
            buffer.Dispose();
        foreach ((_, Module child) in children)
            child.Dispose();
    }

    /// <summary>Takes over a tensor that is to be learned.</summary>
    /// <param name="name">Its name in the state, without a dot; empty: the state calls the tensor as it calls the module.</param>
    /// <param name="value">What it starts from; the module owns it from now on.</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="ArgumentException">The name holds a dot, or is taken.</exception>
    protected Tensor AddParameter(string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > 0 || parameters.Count > 0)
            CheckName(name);
        ArgumentNullException.ThrowIfNull(value);
        parameters.Add(new(name, value.LeaveScopes().WithGrad()));
        return value;
    }

    /// <summary>Takes over a tensor that belongs to the state but is not learned.</summary>
    /// <param name="name">Its name in the state, without a dot.</param>
    /// <param name="value">What it starts from; the module owns it from now on.</param>
    /// <param name="optional">Whether a state without it may be loaded (it then stays as it is).</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="ArgumentException">The name is empty, holds a dot, or is taken.</exception>
    protected Tensor AddBuffer(string name, Tensor value, bool optional = false)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(value);
        buffers.Add((name, value.LeaveScopes(), optional));
        return value;
    }

    /// <summary>Takes over a smaller module.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">Its name, without a dot; its tensors are called <c>name.…</c>.</param>
    /// <param name="child">The module; this one owns it from now on.</param>
    /// <returns>The same module.</returns>
    /// <exception cref="ArgumentException">The name is empty, holds a dot, or is taken.</exception>
    protected T Add<T>(string name, T child)
        where T : Module
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(child);
        children.Add(new(name, child));
        return child;
    }

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' can't be a name: the dot parts the names of nested modules", nameof(name));
        if (parameters.Exists(p => p.Key == name) || buffers.Exists(b => b.Name == name) || children.Exists(c => c.Key == name))
            throw new ArgumentException($"the module has a '{name}' already", nameof(name));
    }

    private void SetTraining(bool training)
    {
        foreach (Module module in Modules())
            module.Training = training && !module.IsFrozen && !module.IsFixed;
    }

    private void SetFrozen(bool frozen)
    {
        foreach (Module module in Modules())
        {
            module.IsFrozen = frozen;
            if (frozen)
                module.Training = false;
            for (int i = 0; i < module.parameters.Count; i++)
                module.parameters[i].Value.WithGrad(!frozen && i >= module.fixedParameters);
        }
    }

    private void Convert(Func<Tensor, Tensor> convert)
    {
        using NoGrad noGrad = NoGrad.Begin();
        foreach ((_, Tensor tensor) in NamedState())
        {
            using Tensor converted = convert(tensor);
            tensor.ReplaceData(converted);
        }
    }
}
