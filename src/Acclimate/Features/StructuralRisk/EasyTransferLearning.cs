using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Features.StructuralRisk;

/// <summary>What is done to the domains before the target's samples are assigned.</summary>
public enum IntraDomainAlignment
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The source is given the target's covariance, by CORAL.</summary>
    Coral,
}

/// <summary>
/// EasyTL: target samples are assigned to the source's class centres by a linear program in which no class stays empty. Wang, Chen,
/// Yu, Huang, Yang, "Easy Transfer Learning by Exploiting Intra-Domain Structures", ICME 2019, equations 3 to 6.
/// </summary>
/// <remarks>
/// The program decides on the target's samples together; samples that were not there take the nearest centre. It differs
/// from the nearest centre only where a class would have no sample. Fewer target samples than classes can't fill all:
/// each then takes the nearest centre, and a note says so.
/// </remarks>
[Method("easytl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Easy Transfer Learning",
    Summary = "Assigns target samples to the source's class centres by a linear program, after CORAL; nothing to tune.",
    Formula = "min Σ_jc D_jc M_jc  subject to  Σ_c M_jc = 1,  Σ_j M_jc ≥ 1,  0 ≤ M ≤ 1,  D_jc = ‖x_j − h_c‖",
    Paper = "Wang, Chen, Yu, Huang, Yang: Easy Transfer Learning by Exploiting Intra-Domain Structures, ICME 2019")]
public sealed class EasyTransferLearning : FeatureMethod
{
    /// <summary>What is done to the domains first.</summary>
    [Option("alignment", "what is done to the domains first: nothing, or CORAL", Source = "coral in the paper")]
    public IntraDomainAlignment Alignment { get; init; } = IntraDomainAlignment.Coral;

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        (FeatureMap map, Certificate certificate) = Align(data);
        Tensor source = map.Apply(data.Source);
        (Tensor labelled, int[] classes) = data.Labelled(source, data.Target);
        FittedClassifier nearest = new NearestCentroid().Fit(labelled, classes, data.Classes);
        FittedFeatures fitted = new(map, new IdentityMap(), certificate, nearest);

        int[] present = [.. classes.Distinct().Order()];
        if (data.TargetCount < present.Length)
        {
            string note = $"{data.TargetCount} target samples can't give each of {present.Length} classes one: each takes the nearest centre";
            return fitted with { Certificate = certificate with { Notes = [.. certificate.Notes, note] } };
        }

        Tensor members = Tensor.From<long>([.. classes.Select(label => (long)Array.IndexOf(present, label))]).OneHot(present.Length).To(ScalarType.Float64);
        Tensor centres = members.T.MatMul(labelled) / members.Sum(0).Unsqueeze(1);
        double[] distances = PairwiseDistances.Squared(data.Target, centres).Sqrt().ToArray<double>();
        double[,] costs = new double[data.TargetCount, present.Length];
        Buffer.BlockCopy(distances, 0, costs, 0, distances.Length * sizeof(double));
        (int[] labels, double gap) = IntraDomainProgramming.Solve(costs);
        return fitted with { Certificate = certificate with { KktResidual = Math.Abs(gap) }, TargetLabels = Array.ConvertAll(labels, c => present[c]) };
    }

    private (FeatureMap Map, Certificate Certificate) Align(FeatureData data)
    {
        if (Alignment == IntraDomainAlignment.None)
            return (new IdentityMap(), new Certificate());
        return CorrelationAlignment.Between(Moments.Of(data.Source), Moments.Of(data.Target), 1);
    }
}
