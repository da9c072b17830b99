namespace Acclimate.Downloads;

/// <summary>Weights that somebody trained and published.</summary>
/// <param name="Architecture">The network, by its name in torchvision or in this program.</param>
/// <param name="Recipe">Which of the published trainings: <c>v1</c>, <c>v2</c>, …</param>
/// <param name="IsDefault">Whether the architecture's name alone means these, as in torchvision.</param>
/// <param name="File">The file.</param>
/// <param name="Top1">The published share of the test images that it classifies right, 0 to 1; null where none is published.</param>
/// <param name="Data">What it was trained and tested on.</param>
/// <param name="Licence">What its publishers say of its use.</param>
public sealed record WeightsEntry(string Architecture, string Recipe, bool IsDefault, PublishedFile File, double? Top1, string Data, string Licence)
{
    /// <summary>What to call it: the architecture, and the recipe where it is not the default one.</summary>
    public string Name => IsDefault ? Architecture : FullName;

    /// <summary>The architecture and the recipe, as <c>resnet50-v2</c>.</summary>
    public string FullName => $"{Architecture}-{Recipe}";

    /// <summary>What pictures' shorter side was brought to before the middle was cut out and the accuracy measured, in pixels; for weights of whole ImageNet pictures.</summary>
    public int Resized { get; init; } = 256;
}
