using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>
/// OT-IT: the coupling that trades cost for entropy, so that each source sample spreads over many target samples. Courty,
/// Flamary, Tuia, Rakotomamonjy, "Optimal Transport for Domain Adaptation", IEEE TPAMI 2016, equation 11.
/// </summary>
[Method("ot-sinkhorn", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Optimal Transport, entropic (Sinkhorn)",
    Summary = "Moves each source sample to the barycentre of the target samples that a transport smoothed by entropy sends it to.",
    Formula = "min ⟨γ, C⟩ + ε Σ γ log γ  subject to  γ1 = 1/n_s,  γᵀ1 = 1/n_t",
    Paper = "Courty, Flamary, Tuia, Rakotomamonjy: Optimal Transport for Domain Adaptation, IEEE TPAMI 2016; Cuturi: Sinkhorn Distances, NIPS 2013")]
public sealed class SinkhornTransport : CouplingMethod
{
    /// <summary>ε, how much entropy counts, in the units of the scaled costs; above 0. POT's <c>reg_e</c>.</summary>
    [Option("regularisation", "how much entropy counts, in the units of the scaled costs, above 0", Search = "0.01..1 log", Source = "0.1 in POT's examples")]
    public double Regularisation { get; init; } = 0.1;

    /// <summary>The units of the costs. POT's <c>norm</c>.</summary>
    [Option("norm", "the units of the costs: as they are, over their median or largest, or logarithms", Source = "ours: POT leaves costs as they are unless told, and then the regularisation's meaning hangs on the data's scale")]
    public CostScale Norm { get; init; } = CostScale.Median;

    /// <summary>The most iterations, 1 or more.</summary>
    [Option("iterations", "the most iterations, 1 or more", Search = "fixed", Source = "1,000 in POT")]
    public int Iterations { get; init; } = 1000;

    /// <summary>How far the target's masses may be off in the end, as a length; above 0.</summary>
    [Option("tolerance", "how far the target's masses may be off in the end, above 0", Search = "fixed", Source = "1e-8 in POT")]
    public double Tolerance { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Regularisation > 0 && double.IsFinite(Regularisation), $"regularisation is {Regularisation}; expected a number above 0");
        Require(Iterations >= 1, $"iterations is {Iterations}; expected 1 or more");
        Require(Tolerance > 0, $"tolerance is {Tolerance}; expected a number above 0");
    }

    /// <inheritdoc/>
    internal override Coupling Couple(Tensor cost, int[] labels, FitContext context) =>
        EntropicTransport.Solve(Norm.Apply(cost), Regularisation, Tolerance, Iterations, context.Cancellation);
}
