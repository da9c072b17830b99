using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Predictions;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Predictions;

public sealed class MeanTeacherTests
{
    // The teacher's probabilities are constants of the loss; two of four samples fall below the threshold.
    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.6, 2)]
    public void Consistency_IsTheMeanSquareInLoops_InValueAndGradient(double threshold, int counted)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor student = Functional.Softmax(Loops.Sample(1, 4, 3), 1);
        double[][] teacher = [[0.9, 0.05, 0.05], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.35, 0.25]];
        Tensor said = Tensor.From<double>([.. teacher.SelectMany(static row => row)], 4, 3);
        double Reference(double[][] rows) => rows.Select((row, i) => teacher[i].Max() >= threshold ? row.Zip(teacher[i], static (p, q) => (p - q) * (p - q)).Sum() / 3 : 0).Sum() / 4;

        Assert.Equal(Reference(Loops.Rows(student)), MeanTeacher.Consistency(student, said, threshold).Apart.ToDouble(), 1e-14);
        Assert.Equal(counted / 4.0, MeanTeacher.Consistency(student, said, threshold).Sure.ToDouble(), 1e-14);
        Steps.CheckGradient(student, p => MeanTeacher.Consistency(p, said, threshold).Apart, Reference);
    }

    // λ = 0, so that the teacher teaches nothing and the student's way is the same. With α = ½ and two steps: θ′₀ = θ₀; before the second step
    // α₁ = min(½, ½) gives (θ₀ + θ₁)/2; in the end that with θ₂: θ₀/4 + θ₁/4 + θ₂/2.
    [Fact]
    public void Fit_TheModel_IsTheMovingAverageOfTheStudents()
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2, shift: 1);
        using ClassifierNetwork start = Fitting.Network(source);
        List<double[]> students = [Weights(start)];
        using (Spy spy = new(students))
        using (ClassifierNetwork last = Fitting.Fit(spy, source, target, 2))
            students.Add(Weights(last));
        Assert.Equal(3, students.Count);

        using MeanTeacher method = new() { Alpha = 0.5, Lambda = 0 };
        using ClassifierNetwork model = Fitting.Fit(method, source, target, 2);

        double[] expected = [.. Enumerable.Range(0, students[0].Length).Select(i => (students[0][i] / 4) + (students[1][i] / 4) + (students[2][i] / 2))];
        Assert.NotEqual(students[0], students[2]);

        // float32 sums of three numbers of size 1.
        Loops.Near(expected, Weights(model), 1e-6);

        static double[] Weights(ClassifierNetwork network) => Array.ConvertAll(network.Head.Weight.ToArray<float>(), static value => (double)value);
    }

    [Fact]
    public void WeightAt_GrowsAsTheGaussianAndStays()
    {
        using MeanTeacher method = new() { RampUp = 0.4 };

        Assert.Equal(Math.Exp(-5), method.WeightAt(0), 1e-15);
        Assert.Equal(Math.Exp(-5.0 / 4), method.WeightAt(0.2), 1e-15);
        Assert.Equal((1.0, 1.0), (method.WeightAt(0.4), method.WeightAt(0.9)));
        using MeanTeacher none = new() { RampUp = 0 };
        Assert.Equal(1, none.WeightAt(0));
    }

    [Fact]
    public void PseudoLabel_LossIsCrossEntropyOnItsOwnFirstClass_WithTheRampsWeight()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Loops.Sample(5, 6, 3, scale: 2);
        static double Reference(double[][] rows) => rows.Average(static row => -Math.Log(Fitting.Softmax(row).Max()));
        static LossTerm Term(Tensor of)
        {
            using PseudoLabel method = new();
            return Assert.Single(method.Loss(Steps.Of(Steps.Logits(of.Detach()), Tensor.From<long>([0, 1, 2, 0, 1, 2]), Steps.Logits(of))));
        }

        Assert.Equal(Reference(Loops.Rows(logits)), Term(logits).Value.ToDouble(), 1e-12);
        Steps.CheckGradient(logits, of => Term(of).Value, Reference);

        // Half-way from 0.2 to 0.8, which is where the step stands.
        Assert.Equal(0.5, Term(logits).Weight, 1e-12);
        using PseudoLabel method = new() { Alpha = 3, From = 0.1, To = 0.6 };
        Assert.Equal((0.0, 3.0), (method.WeightAt(0.05), method.WeightAt(0.6)));
        Assert.Equal(1.5, method.WeightAt(0.35), 1e-12);
    }

    /// <summary>Notes the student's classifier before every step but the first.</summary>
    private sealed class Spy(List<double[]> students) : Objective
    {
        private readonly MeanTeacher inner = new() { Alpha = 0, Lambda = 0 };

        public override Module? Network => inner.Network;

        public override void Attach(FitContext context) => inner.Attach(context);

        public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
        {
            inner.BeforeStep(stage, info, context);
            if (info.Step > 0)
                students.Add(Array.ConvertAll(context.Network.Head.Weight.ToArray<float>(), static value => (double)value));
        }

        public override IReadOnlyList<Update> Updates(Stage stage) => inner.Updates(stage);

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];
    }
}
