using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// What goes with a shared encoder: a decoder for each domain, whose first layers are one and the same, and a
/// discriminator for each. A picture's decoder is a linear layer to pictures of at most 8×8, then transposed 4×4
/// convolutions that double them and halve the maps, and a 3×3 convolution; a row's is a perceptron.
/// </summary>
internal sealed class SharedLatentNetworks : Module
{
    private const long SmallestPicture = 8;
    private const long FewestMaps = 8;

    private readonly IReadOnlyList<long> shape;

    /// <summary>Builds the networks with first values drawn from a generator.</summary>
    /// <param name="latent">Numbers in a latent code.</param>
    /// <param name="shape">The shape of one sample: features, or channels × height × width.</param>
    /// <param name="maps">Maps of a decoder's shared layers; a row's hidden layers have eight times as many units.</param>
    /// <param name="discriminator">Builds a discriminator.</param>
    /// <param name="generator">The source of the first values.</param>
    public SharedLatentNetworks(
        long latent, IReadOnlyList<long> shape, int maps, Func<SampleDiscriminator> discriminator, Generator generator)
    {
        this.shape = shape;
        long last;
        List<long> own = [];
        List<Module> first = [];
        if (shape.Count == 3)
        {
            (long height, long width) = (shape[1], shape[2]);
            int doublings = 0;
            for (; Math.Max(height, width) > SmallestPicture; doublings++)
                (height, width) = ((height + 1) / 2, (width + 1) / 2);
            last = maps;
            first.AddRange([new Linear(latent, maps * height * width, generator), new Unflatten(maps, height, width), new BatchNorm2d(maps), new ReLU()]);
            for (int i = 0; i < doublings; i++)
                own.Add(Math.Max(last >> (i + 1), FewestMaps));
            if (own.Count > 0)
            {
                first.AddRange(Doubling(last, own[0], generator));
                last = own[0];
                own.RemoveAt(0);
            }
        }
        else
        {
            last = 8 * maps;
            first.AddRange([new Linear(latent, last, generator), new BatchNorm1d(last), new ReLU()]);
        }

        Shared = Add("shared", new Sequential([.. first]));
        ToSource = Add("to_source", Own(last, own, generator));
        ToTarget = Add("to_target", Own(last, own, generator));
        OfSource = Add("of_source", discriminator());
        OfTarget = Add("of_target", discriminator());
    }

    /// <summary>The decoders' first layers.</summary>
    public Sequential Shared { get; }

    /// <summary>The source decoder's own layers; their pictures may be a few pixels too large (see <see cref="Crop"/>).</summary>
    public Sequential ToSource { get; }

    /// <summary>The target decoder's.</summary>
    public Sequential ToTarget { get; }

    /// <summary>Tells source samples from translations into the source.</summary>
    public SampleDiscriminator OfSource { get; }

    /// <summary>Tells target samples from translations into the target.</summary>
    public SampleDiscriminator OfTarget { get; }

    /// <summary>What the shared layers make of latent codes.</summary>
    public override Tensor Forward(Tensor input) => Shared.Forward(input);

    /// <summary>Decoded samples in the domains' own size.</summary>
    public Tensor Crop(Tensor decoded) =>
        shape.Count != 3 || (decoded.Size(2) == shape[1] && decoded.Size(3) == shape[2])
            ? decoded
            : decoded.Slice(2, 0, shape[1]).Slice(3, 0, shape[2]);

    private Sequential Own(long from, IReadOnlyList<long> maps, Generator generator)
    {
        List<Module> modules = [];
        if (shape.Count != 3)
            return new Sequential(new Linear(from, from, generator), new ReLU(), new Linear(from, shape.Aggregate(1L, static (a, b) => a * b), generator));
        foreach (long to in maps)
        {
            modules.AddRange(Doubling(from, to, generator));
            from = to;
        }

        modules.Add(new Conv2d(from, shape[0], 3, generator, padding: 1));
        return new Sequential([.. modules]);
    }

    private static Module[] Doubling(long from, long to, Generator generator) =>
        [new ConvTranspose2d(from, to, 4, generator, stride: 2, padding: 1), new BatchNorm2d(to), new ReLU()];
}
