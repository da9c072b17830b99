using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.ZeroShot;

/// <summary>
/// ESZSL: one bilinear form of features and attributes that is high for a sample's class and low for the others, in closed form.
/// Romera-Paredes, Torr, "An Embarrassingly Simple Approach to Zero-Shot Learning", ICML 2015, equation 6.
/// </summary>
/// <remarks>
/// Y is 1 for a sample's class and −1 for the other classes with samples. γ and λ are relative to the mean of the diagonals that they are added
/// to, so that the features' scale does not matter. Classes' rows of attributes are scaled to unit length: a class would score high for
/// having many.
/// </remarks>
[Method("eszsl", Family.Unlabelled, LabelSetting.OtherClasses,
    Command = MethodEntry.ZeroShot,
    Title = "Embarrassingly Simple Zero-Shot Learning (ESZSL)",
    Summary = "A bilinear form of features and attributes in closed form, from samples of other classes.",
    Formula = "V = (XXᵀ + γI)⁻¹ XYSᵀ (SSᵀ + λI)⁻¹;  argmax_z xᵀVs_z",
    Paper = "Romera-Paredes, Torr: An Embarrassingly Simple Approach to Zero-Shot Learning, ICML 2015")]
public sealed class EmbarrassinglySimpleZeroShot : ZeroShotMethod
{
    /// <summary>γ, relative to the features' mean sum of squares; above 0.</summary>
    [Option("gamma", "the penalty on features, relative to their mean sum of squares, above 0", Search = "0.001..1000 log", Source = "ours: a tenth of the mean diagonal; the paper chooses it by validation on classes held out, from 10^-3 to 10^3")]
    public double Gamma { get; init; } = 0.1;

    /// <summary>λ, relative to the attributes' mean sum of squares; above 0.</summary>
    [Option("lambda", "the penalty on attributes, relative to their mean sum of squares, above 0", Search = "0.001..1000 log", Source = "ours: as gamma; the paper chooses it likewise")]
    public double Lambda { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Gamma > 0 && double.IsFinite(Gamma), $"gamma is {Gamma}; expected a number above 0");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override (Tensor Weight, Tensor Offset) Learn(Tensor samples, int[] labels, AttributeTable table)
    {
        int[] seen = [.. labels.Distinct().Order()];
        Tensor all = table.Rows(Enumerable.Range(0, table.Classes.Count));
        all /= all.Norm(1, keep: true).Clamp(low: double.Epsilon);
        Tensor s = all.IndexSelect(0, Tensor.From(Array.ConvertAll(seen, static c => (long)c))).T;
        Tensor y = (Tensor.From(Array.ConvertAll(labels, c => (long)Array.IndexOf(seen, c))).OneHot(seen.Length).To(ScalarType.Float64) * 2) - 1;
        Tensor v = Ridged(samples.T.MatMul(samples), Gamma).Solve(samples.T.MatMul(y).MatMul(s.T));
        v = Ridged(s.MatMul(s.T), Lambda).Solve(v.T).T;
        return (v.MatMul(all.T), Tensor.Zeros([1, table.Classes.Count], ScalarType.Float64));
    }

    private static Tensor Ridged(Tensor gram, double penalty)
    {
        long size = gram.Size(0);
        double scale = Math.Max(gram.Diagonal().Mean().ToDouble(), double.Epsilon);
        return gram + (Tensor.Eye(size, ScalarType.Float64) * (penalty * scale));
    }
}
