using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>What a whole network starts from, where that isn't each layer's own default.</summary>
internal static class FirstValues
{
    /// <summary>
    /// As torchvision's VGG, ResNet and MobileNet: convolutions draw from N(0, 2 / fan-out) and linear layers from
    /// N(0, 0.01²), both without bias at first.
    /// </summary>
    public static Backbone KaimingOut(Backbone backbone, Generator generator)
    {
        using NoGrad noGrad = NoGrad.Begin();
        foreach (Module module in backbone.Modules())
        {
            if (module is Conv2d convolution)
            {
                Set(convolution.Weight, Initialization.KaimingNormalOut(convolution.Weight.Shape, generator));
                convolution.Bias?.FillInPlace(0);
            }
            else if (module is Linear linear)
            {
                Tensor drawn = Tensor.Normal(linear.Weight.Shape, generator);
                drawn.MulInPlace(0.01);
                Set(linear.Weight, drawn);
                linear.Bias?.FillInPlace(0);
            }
        }

        return backbone;
    }

    /// <summary>Overwrites a parameter; inside <see cref="NoGrad"/>.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="drawn">Its first values; freed.</param>
    public static void Set(Tensor parameter, Tensor drawn)
    {
        using (drawn)
            parameter.CopyInPlace(drawn);
    }
}
