using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// A small network for pictures of about 64×64 that trains from scratch: four blocks of 3×3 convolution, batch norm,
/// 2×2 max pooling and ReLU (32, 64, 128, 128 maps), pooled to 2×2, then 256 features.
/// </summary>
internal static class SmallCnn
{
    public static Backbone Build(long[] inputShape, Generator generator)
    {
        (int channels, _, _) = Networks.Picture("small-cnn", inputShape, smallest: 32);
        return new Backbone(
            [
                ("block1", Block(channels, 32, generator)),
                ("block2", Block(32, 64, generator)),
                ("block3", Block(64, 128, generator)),
                ("block4", Block(128, 128, generator)),
                ("fc1", new Sequential(new AdaptiveAvgPool2d(2), new Flatten(), new Linear(128 * 4, 256, generator), new ReLU())),
            ],
            featureSize: 256);
    }

    private static Sequential Block(int from, int to, Generator generator) =>
        new(new Conv2d(from, to, 3, generator, padding: 1), new BatchNorm2d(to), new MaxPool2d(2), new ReLU(inPlace: true));
}
