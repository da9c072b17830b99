using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// max(F(x) + S(x), 0), with F convolutions that each have a batch norm, rectifiers between them, and S the shortcut: x
/// itself unless given. State: <c>conv1</c>, <c>bn1</c>, <c>conv2</c>, <c>bn2</c> …, and the shortcut's under a name of its own.
/// </summary>
internal sealed class ResidualBlock : Block
{
    private readonly (Conv2d Convolution, BatchNorm2d Norm)[] chain;
    private readonly Module? shortcut;

    public ResidualBlock(Conv2d[] convolutions, (string Name, Module Module)? shortcut)
    {
        chain = [.. convolutions.Select((convolution, i) =>
            (Add($"conv{i + 1}", convolution), Add($"bn{i + 1}", new BatchNorm2d(convolution.Weight.Size(0)))))];
        this.shortcut = shortcut is { } given ? Add(given.Name, given.Module) : null;
    }

    public override long Outputs => chain[^1].Convolution.Weight.Size(0);

    public override Tensor Forward(Tensor input)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor current = input;
        foreach ((Conv2d convolution, BatchNorm2d norm) in chain)
        {
            // No gradient asks for batch norm's output, so that the rectifier, and the sum in the end, can take its place.
            if (!ReferenceEquals(current, input))
                Functional.ReluInPlace(current);
            using Tensor convolved = convolution.Forward(current);
            if (!ReferenceEquals(current, input))
                current.Dispose();
            current = norm.Forward(convolved);
        }

        current.AddInPlace(shortcut is null ? input : shortcut.Forward(input));
        Functional.ReluInPlace(current);
        return scope.Keep(Adapted(current));
    }
}
