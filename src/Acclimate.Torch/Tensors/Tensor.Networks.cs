namespace Acclimate.Torch;

/// <content>What modules and optimizers need of a tensor.</content>
public sealed partial class Tensor
{
    /// <summary>A second handle on the same elements, through which gradients flow.</summary>
    internal Tensor Alias() => Op("aten::alias").Call(this);

    /// <summary>
    /// Puts other elements, of whatever type and device, behind this very tensor: whoever holds it sees them. The
    /// gathered gradient is cleared, for it belongs to the elements that were there.
    /// </summary>
    internal void ReplaceData(Tensor data)
    {
        SetGrad(null);
        Op("aten::set_data").Run(this, data);
    }
}
