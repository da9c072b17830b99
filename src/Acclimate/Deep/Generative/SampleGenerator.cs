using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// Makes a sample of a code: a picture by a linear layer to maps of at most 8×8, then transposed 4×4 convolutions that double them and halve their
/// number, batch norm and ReLU between, and a 3×3 convolution; a row of features by a perceptron. The plan is that of the generator of Radford, Metz, Chintala,
/// "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks", ICLR 2016, section 3.
/// </summary>
internal sealed class SampleGenerator : Module
{
    private const long SmallestPicture = 8;
    private const long FewestMaps = 8;

    private readonly IReadOnlyList<long> shape;
    private readonly Sequential layers;

    /// <summary>Builds a generator with first values drawn from a source of random numbers.</summary>
    /// <param name="code">Numbers in a code.</param>
    /// <param name="shape">The shape of one sample: features, or channels × height × width.</param>
    /// <param name="maps">Maps of the first layer; a row's hidden layers have eight times as many units.</param>
    /// <param name="generator">The source of the first values.</param>
    public SampleGenerator(long code, IReadOnlyList<long> shape, int maps, Generator generator)
    {
        this.shape = shape;
        List<Module> modules = [];
        if (shape.Count == 3)
        {
            (long height, long width, long last) = (shape[1], shape[2], maps);
            int doublings = 0;
            for (; Math.Max(height, width) > SmallestPicture; doublings++)
                (height, width) = ((height + 1) / 2, (width + 1) / 2);
            modules.AddRange([new Linear(code, maps * height * width, generator), new Unflatten(maps, height, width), new BatchNorm2d(maps), new ReLU()]);
            for (int i = 0; i < doublings; i++)
            {
                long next = Math.Max(last / 2, FewestMaps);
                modules.AddRange([new ConvTranspose2d(last, next, 4, generator, stride: 2, padding: 1), new BatchNorm2d(next), new ReLU()]);
                last = next;
            }

            modules.Add(new Conv2d(last, shape[0], 3, generator, padding: 1));
        }
        else
        {
            int hidden = 8 * maps;
            modules.AddRange([
                new Linear(code, hidden, generator), new BatchNorm1d(hidden), new ReLU(), new Linear(hidden, hidden, generator), new ReLU(),
                new Linear(hidden, shape.Aggregate(1L, static (a, b) => a * b), generator)]);
        }

        layers = Add("layers", new Sequential([.. modules]));
    }

    /// <summary>The samples that codes stand for.</summary>
    /// <param name="input">[n, code].</param>
    public override Tensor Forward(Tensor input)
    {
        // Doubling reaches a side or passes it by a few pixels.
        Tensor made = layers.Forward(input);
        return shape.Count != 3 || (made.Size(2) == shape[1] && made.Size(3) == shape[2]) ? made : made.Slice(2, 0, shape[1]).Slice(3, 0, shape[2]);
    }
}
