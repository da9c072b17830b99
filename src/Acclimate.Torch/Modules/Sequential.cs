using System.Globalization;

namespace Acclimate.Torch;

/// <summary>Modules one after another, each applied to what the one before gave.</summary>
public sealed class Sequential : Module
{
    /// <summary>Creates the chain with the names "0", "1" and so on.</summary>
    /// <param name="modules">The modules; the chain owns them.</param>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        for (int i = 0; i < modules.Length; i++)
            Add(i.ToString(CultureInfo.InvariantCulture), modules[i]);
    }

    /// <summary>Creates the chain with names of its own.</summary>
    /// <param name="modules">Names and modules; the chain owns the modules.</param>
    /// <exception cref="ArgumentException">A name is empty, holds a dot, or stands twice.</exception>
    public Sequential(params ReadOnlySpan<(string Name, Module Module)> modules)
    {
        foreach ((string name, Module module) in modules)
            Add(name, module);
    }

    /// <inheritdoc/>
    public override bool OverwritesInput => Children.Count > 0 && Children[0].Value.OverwritesInput;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using TensorScope scope = TensorScope.Begin();
        Tensor current = input.Alias();
        foreach ((_, Module module) in Children)
        {
            // Freed at once and not at the scope's end: what autograd doesn't need must not pile up.
            using Tensor before = current;
            current = module.Forward(before);
        }

        return scope.Keep(current);
    }
}
