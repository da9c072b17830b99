using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// AlexNet with the names and first values of torchvision: Krizhevsky, "One weird trick for parallelizing convolutional neural
/// networks", arXiv:1404.5997. Five convolutions, then two layers of 4,096 features with dropout.
/// </summary>
internal static class AlexNet
{
    /// <summary>Below this side nothing is left after the last pooling.</summary>
    private const int Smallest = 63;

    public static Backbone Build(long[] inputShape, Generator generator)
    {
        (int channels, _, _) = Networks.Picture("alexnet", inputShape, Smallest);
        return new Backbone(
            [
                ("features", new Sequential(
                    new Conv2d(channels, 64, 11, generator, stride: 4, padding: 2), new ReLU(inPlace: true), new MaxPool2d(3, stride: 2),
                    new Conv2d(64, 192, 5, generator, padding: 2), new ReLU(inPlace: true), new MaxPool2d(3, stride: 2),
                    new Conv2d(192, 384, 3, generator, padding: 1), new ReLU(inPlace: true),
                    new Conv2d(384, 256, 3, generator, padding: 1), new ReLU(inPlace: true),
                    new Conv2d(256, 256, 3, generator, padding: 1), new ReLU(inPlace: true), new MaxPool2d(3, stride: 2))),
                ("avgpool", new AdaptiveAvgPool2d(6)),
                ("flatten", new Flatten()),
                ("classifier", new Sequential(
                    new Dropout(), new Linear(256 * 6 * 6, 4096, generator), new ReLU(inPlace: true),
                    new Dropout(), new Linear(4096, 4096, generator), new ReLU(inPlace: true))),
            ],
            featureSize: 4096,
            [
                ("conv1", "features.2"), ("conv2", "features.5"), ("conv3", "features.7"), ("conv4", "features.9"), ("conv5", "features.12"),
                ("fc6", "classifier.2"), ("fc7", "classifier.5"),
            ],
            headName: "classifier.6");
    }
}
