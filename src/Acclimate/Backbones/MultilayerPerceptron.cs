using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>For tables of features: two layers of 256 with batch norm and ReLU.</summary>
internal static class MultilayerPerceptron
{
    public static Backbone Build(long[] inputShape, Generator generator)
    {
        if (inputShape is not [> 0 and var features])
            throw new ArgumentException($"backbone mlp takes samples that are rows of features, not of shape [{string.Join(", ", inputShape)}]");
        return new Backbone(
            [
                ("fc1", new Sequential(new Linear((int)features, 256, generator), new BatchNorm1d(256), new ReLU(inPlace: true))),
                ("fc2", new Sequential(new Linear(256, 256, generator), new BatchNorm1d(256), new ReLU(inPlace: true))),
            ],
            featureSize: 256);
    }
}
