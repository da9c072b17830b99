using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// Tells real samples from generated ones. Pictures: a 3×3 convolution, then 3×3 convolutions of stride 2 that double
/// the maps (up to eightfold) until the picture is 4×4 or less, then one score. Rows of features: two hidden layers. A
/// leaky ReLU of slope 0.2, dropout and Gaussian noise follow each layer. The pyramid is that of Bousmalis et al.,
/// "Unsupervised Pixel-Level Domain Adaptation with Generative Adversarial Networks", CVPR 2017, section 4.1.
/// </summary>
internal sealed class SampleDiscriminator : Module
{
    private const double Slope = 0.2;
    private const int MostDoublings = 3;
    private const long SmallestPicture = 4;

    private readonly Sequential layers;

    /// <summary>Builds a discriminator with first values drawn from a generator.</summary>
    /// <param name="shape">The shape of one sample: features, or channels × height × width.</param>
    /// <param name="width">Maps of the first layer; a row's hidden layers have eight times as many units.</param>
    /// <param name="dropout">How likely an element is dropped after each layer.</param>
    /// <param name="noise">The standard deviation of the noise after each layer.</param>
    /// <param name="generator">The source of the first values.</param>
    public SampleDiscriminator(IReadOnlyList<long> shape, int width, double dropout, double noise, Generator generator)
    {
        List<Module> modules = [];
        long size;
        if (shape.Count == 3)
        {
            (long height, long rowLength) = (shape[1], shape[2]);
            AddLayer(new Conv2d(shape[0], width, 3, generator, padding: 1));
            long maps = width;
            while (Math.Max(height, rowLength) > SmallestPicture)
            {
                long next = Math.Min(maps * 2, (long)width << MostDoublings);
                AddLayer(new Conv2d(maps, next, 3, generator, stride: 2, padding: 1));
                (maps, height, rowLength) = (next, (height + 1) / 2, (rowLength + 1) / 2);
            }

            modules.Add(new Flatten());
            size = maps * height * rowLength;
        }
        else
        {
            size = (long)width << MostDoublings;
            AddLayer(new Linear(shape.Aggregate(1L, static (a, b) => a * b), size, generator));
            AddLayer(new Linear(size, size, generator));
        }

        modules.Add(new Linear(size, 1, generator));
        layers = Add("layers", new Sequential([.. modules]));

        void AddLayer(Module layer)
        {
            modules.AddRange([layer, new LeakyReLU(Slope)]);
            if (dropout > 0)
                modules.Add(new Dropout(dropout));
            if (noise > 0)
                modules.Add(new GaussianNoise(noise));
        }
    }

    /// <summary>log p(real|x) − log p(generated|x): one score a sample.</summary>
    public override Tensor Forward(Tensor input)
    {
        using Tensor scores = layers.Forward(input);
        return scores.Squeeze(1);
    }
}
