using Acclimate.Deep;
using Acclimate.Deep.Predictions;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

public sealed class BatchNuclearNormTests
{
    // Two classes: ‖P‖_* = √(‖P‖²_F + 2√det PᵀP), as (σ₁ + σ₂)² = σ₁² + σ₂² + 2σ₁σ₂.
    [Fact]
    public void Loss_TwoClasses_IsTheClosedForm_InValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Loops.Sample(2, 6, 2);

        Assert.Equal(-Norm(Loops.Rows(logits)) / 6, Loops.ValueOf(Term(logits)), 1e-12);
        Steps.CheckGradient(logits, Term, static rows => -Norm(rows) / 6);
    }

    // For any classes the norm's slope is that of tr(UVᵀ·), which finite differences of the value itself show.
    [Fact]
    public void Loss_FiveClasses_GradientAgreesWithFiniteDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Loops.Sample(3, 4, 5);

        Steps.CheckGradient(logits, Term, static rows =>
        {
            using TensorScope scope = TensorScope.Begin();
            return Loops.ValueOf(Term(Tensor.From([.. rows.SelectMany(static row => row)], 4, 5)));
        });
    }

    // Sure and even: P is n/C copies of the identity, σ = √(n/C) C times, the greatest there is. Sure of one class: σ = √n once.
    [Fact]
    public void Loss_SureAndOfManyClasses_IsLowest()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor eye = Tensor.Eye(3, ScalarType.Float64) * 1000;
        Tensor even = Tensor.Concatenate([eye, eye]);
        Tensor one = Tensor.Concatenate([.. Enumerable.Repeat(eye.Slice(0, 0, 1), 6)]);

        Assert.Equal(-3 * Math.Sqrt(2) / 6, Term(even).ToDouble(), 1e-12);
        Assert.Equal(-Math.Sqrt(6) / 6, Term(one).ToDouble(), 1e-12);
        Assert.Equal(-Math.Sqrt(6.0 / 3) / 6, Term(even * 0).ToDouble(), 1e-12);
    }

    [Fact]
    public void Loss_ScaleBySingularValues_IsTheReleasedCodes()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Loops.Sample(2, 6, 2);

        // Six samples, two singular values: a third of the divisor.
        Assert.Equal(3 * Term(logits).ToDouble(), Loss(new BatchNuclearNorm { Scale = NuclearNormScale.SingularValues }, logits).Value.ToDouble(), 1e-12);
    }

    // Many samples are sure of one class by the same amount: singular values of 0, where the decomposition's own gradient divides by 0.
    [Fact]
    public void Loss_EqualRows_HasAFiniteGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Tensor.Ones([8, 4]).WithGrad();

        Assert.All(Tensor.Gradients(Term(logits), [logits])[0]!.ToArray<float>(), static slope => Assert.True(float.IsFinite(slope)));
    }

    [Fact]
    public void Loss_NoNumber_IsSaidByTheValueAndNotByTheDecomposition()
    {
        using TensorScope scope = TensorScope.Begin();

        Assert.True(double.IsNaN(Term(Tensor.Full([2, 2], double.NaN)).ToDouble()));
    }

    private static Tensor Term(Tensor logits) => Loss(new BatchNuclearNorm(), logits).Value;

    private static LossTerm Loss(Objective objective, Tensor logits)
    {
        using (objective)
            return Assert.Single(objective.Loss(Steps.Of(Steps.Logits(logits), logits, Steps.Logits(logits))));
    }

    private static double Norm(double[][] logits)
    {
        double[,] p = Steps.Softmax(logits);
        double a = 0, b = 0, c = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            a += p[i, 0] * p[i, 0];
            b += p[i, 0] * p[i, 1];
            c += p[i, 1] * p[i, 1];
        }

        return Math.Sqrt(a + c + (2 * Math.Sqrt((a * c) - (b * b))));
    }
}
