using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// Makes a sample of the other domain from a sample x and noise z: G(x, z) = x + g(x, z). For pictures g is a
/// convolutional residual network that keeps the size, with z through a linear layer as one more channel; for rows of
/// features it is a perceptron with two hidden layers. The last layer of g starts at zero: what is generated first is
/// the source itself.
/// </summary>
internal sealed class ResidualGenerator : Module
{
    private readonly bool pictures;
    private readonly int noiseSize;
    private readonly Linear? spread;
    private readonly Sequential layers;
    private Generator? noise;

    /// <summary>Builds a generator with first values drawn from a source of random numbers.</summary>
    /// <param name="shape">The shape of one sample: features, or channels × height × width.</param>
    /// <param name="maps">Maps of each convolution; a perceptron's hidden layers have eight times as many units.</param>
    /// <param name="blocks">Residual blocks of a picture's generator.</param>
    /// <param name="noiseSize">Numbers in z.</param>
    /// <param name="generator">The source of the first values.</param>
    public ResidualGenerator(IReadOnlyList<long> shape, int maps, int blocks, int noiseSize, Generator generator)
    {
        this.noiseSize = noiseSize;
        pictures = shape.Count == 3;
        Tensor[] last;
        if (pictures)
        {
            spread = Add("noise", new Linear(noiseSize, shape[1] * shape[2], generator));
            Conv2d end = new(maps, shape[0], 3, generator, padding: 1);
            layers = Add("layers", new Sequential([
                new Conv2d(shape[0] + 1, maps, 3, generator, padding: 1), new ReLU(),
                .. Enumerable.Range(0, blocks).Select(_ => new ResidualBlock(maps, generator)),
                end]));
            last = [end.Weight, end.Bias!];
        }
        else
        {
            long features = shape.Aggregate(1L, static (a, b) => a * b);
            int hidden = 8 * maps;
            Linear end = new(hidden, features, generator);
            layers = Add("layers", new Sequential(
                new Linear(features + noiseSize, hidden, generator), new ReLU(), new Linear(hidden, hidden, generator), new ReLU(), end));
            last = [end.Weight, end.Bias!];
        }

        using NoGrad noGrad = NoGrad.Begin();
        foreach (Tensor parameter in last)
            parameter.MulInPlace(0);
    }

    /// <inheritdoc/>
    public override void UseGenerator(Generator generator)
    {
        base.UseGenerator(generator);
        noise = generator;
    }

    /// <summary>G(x, z) with z drawn evenly from −1 to 1, as the paper's section 4.1 has it.</summary>
    /// <param name="input">x.</param>
    public override Tensor Forward(Tensor input)
    {
        using TensorScope scope = TensorScope.Begin();
        long samples = input.Size(0);
        Tensor z = Tensor.Uniform([samples, noiseSize], noise ?? throw new InvalidOperationException("a generator needs random numbers: call UseGenerator first"), -1, 1, input.Type);
        if (spread is not null)
            z = spread.Forward(z).Reshape(samples, 1, input.Size(2), input.Size(3)).To(input.Type);
        return scope.Keep(input + layers.Forward(Tensor.Concatenate([input, z], 1)));
    }

    /// <summary>x + two 3×3 convolutions of x, each with batch norm, a ReLU between: He et al., "Deep Residual Learning", CVPR 2016.</summary>
    private sealed class ResidualBlock : Module
    {
        private readonly Sequential layers;

        public ResidualBlock(int maps, Generator generator) =>
            layers = Add("layers", new Sequential(
                new Conv2d(maps, maps, 3, generator, padding: 1), new BatchNorm2d(maps), new ReLU(),
                new Conv2d(maps, maps, 3, generator, padding: 1), new BatchNorm2d(maps)));

        public override Tensor Forward(Tensor input)
        {
            using Tensor change = layers.Forward(input);
            return input + change;
        }
    }
}
