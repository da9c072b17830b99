using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Transport;

/// <summary>The units in which costs are given, so that a regularisation means the same on other data. POT's <c>norm</c>.</summary>
public enum CostScale
{
    /// <summary>C as it is.</summary>
    None,

    /// <summary>C over its median.</summary>
    Median,

    /// <summary>C over its largest entry.</summary>
    Max,

    /// <summary>log(1 + C).</summary>
    Log,

    /// <summary>log(1 + log(1 + C)).</summary>
    LogLog,
}

internal static class CostScales
{
    /// <summary>C in the units; as it is where all costs are 0.</summary>
    /// <param name="scale">The units.</param>
    /// <param name="cost">C.</param>
    public static Tensor Apply(this CostScale scale, Tensor cost) => scale switch
    {
        CostScale.Median => Over(cost, Median(cost)),
        CostScale.Max => Over(cost, cost.Max().ToDouble()),
        CostScale.Log => cost.Log1p(),
        CostScale.LogLog => cost.Log1p().Log1p(),
        _ => cost,
    };

    private static Tensor Over(Tensor cost, double unit) => unit > 0 ? cost / unit : cost;

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    private static double Median(Tensor cost)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor all = cost.Flatten();
        return (Smallest((all.Count + 1) / 2) + Smallest((all.Count / 2) + 1)) / 2;
        double Smallest(long k) => Operator.Get("aten::kthvalue").CallMany(all, k, -1L, false)[0].ToDouble();
    }
}
