using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Transport;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

public sealed class ClassRegularisedTransportTests
{
    private static readonly int[] Gaps = [1, 2, 4];

    [Fact]
    public void Fit_EitherPenalty_MapsAsPot()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(33, 26, 5, seed: 1);
        Tensor labels = Tensor.From<double>([.. data.SourceLabels.Select(static l => (double)l)], 33, 1);
        const string Python = """
            np.vstack([t(reg_e=.3, reg_cl=.5, norm='median', tol=1e-9, max_inner_iter=5000).fit(Xs=x, ys=l.ravel(), Xt=y).transform(Xs=x)
                for t in (ot.da.SinkhornL1l2Transport, ot.da.SinkhornLpl1Transport)])
            """;
        Tensor[] expected = PythonOptimalTransport.Evaluate(Python, ("x", data.Source), ("y", data.Target), ("l", labels)).Split([33, 33]);

        foreach (ClassPenalty penalty in Enum.GetValues<ClassPenalty>())
        {
            using FittedFeatures fitted = new ClassRegularisedTransport { Penalty = penalty, Regularisation = 0.3, ClassRegularisation = 0.5, Iterations = 5000 }.Fit(data);

            // Each entropic problem is solved to 1e-9, and each round starts from the last.
            Assert.InRange((fitted.Source.Apply(data.Source) - expected[(int)penalty]).Abs().Max().ToDouble(), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData(ClassPenalty.GroupLasso)]
    [InlineData(ClassPenalty.LpL1)]
    public void Couple_ManyRounds_MeetsTheConditionsOfOptimality(ClassPenalty penalty)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(24, 15, 5, seed: 2);
        const double Epsilon = 0.3, Eta = 0.2;
        using Generator generator = new(3);
        Tensor cost = Tensor.Uniform([24, 15], generator, 0, 1, ScalarType.Float64);
        ClassRegularisedTransport method = new() { Penalty = penalty, Norm = CostScale.None, Regularisation = Epsilon, ClassRegularisation = Eta, Rounds = 300, Iterations = 5000, Tolerance = 1e-14 };

        Coupling found = method.Couple(cost, data.SourceLabels, new FitContext());

        // The slope by loops over classes and targets; γ is stationary if C + ε log γ + η∇Ω = f + g: centred both ways, nothing is left.
        double[] plan = found.Plan.ToArray<double>(), slope = new double[plan.Length];
        for (int k = 0; k < plan.Length; k++)
        {
            double[] group = [.. Enumerable.Range(0, 24).Where(i => data.SourceLabels[i] == data.SourceLabels[k / 15]).Select(i => plan[(i * 15) + (k % 15)])];
            slope[k] = penalty == ClassPenalty.GroupLasso ? plan[k] / Math.Sqrt(group.Sum(static g => g * g)) : 0.5 / Math.Sqrt(group.Sum() + 1e-3);
        }

        Tensor left = cost + (found.Plan.Log() * Epsilon) + (Tensor.From(slope, 24, 15) * Eta);
        left -= left.Mean(1, keep: true);
        left -= left.Mean(0, keep: true);
        Assert.InRange(left.Abs().Max().ToDouble(), 0, 1e-4);
        Assert.InRange(found.Certificate.KktResidual!.Value, 0, 1e-7);
        Assert.InRange(found.Certificate.ConstraintError!.Value, 0, 1e-7);
    }

    [Theory]
    [InlineData(ClassPenalty.GroupLasso)]
    [InlineData(ClassPenalty.LpL1)]
    public void Fit_AnyPenalty_ObjectiveFallsFromRoundToRound(ClassPenalty penalty)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 8, seed: 4);

        using FittedFeatures fitted = new ClassRegularisedTransport { Penalty = penalty, Rounds = 20, Iterations = 5000 }.Fit(data);

        IReadOnlyList<double> objective = fitted.Certificate.Objective;
        Assert.True(objective.Count > 1);
        Assert.All(objective.Skip(1).Zip(objective), static pair => Assert.True(pair.First <= pair.Second + (1e-9 * Math.Abs(pair.Second))));
    }

    [Theory]
    [InlineData(ClassPenalty.GroupLasso)]
    [InlineData(ClassPenalty.LpL1)]
    public void Fit_NoPenalty_IsSinkhorns(ClassPenalty penalty)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 24, 6, seed: 5);

        using FittedFeatures one = new ClassRegularisedTransport { Penalty = penalty, ClassRegularisation = 0, Regularisation = 0.3, Tolerance = 1e-12, Iterations = 5000 }.Fit(data);
        using FittedFeatures two = new SinkhornTransport { Regularisation = 0.3, Tolerance = 1e-12, Iterations = 5000 }.Fit(data);

        // The generalised conditional gradient's steps of 0.99 leave 0.01^rounds of where it began.
        Assert.InRange((one.Source.Apply(data.Source) - two.Source.Apply(data.Source)).Abs().Max().ToDouble(), 0, 1e-6);
    }

    [Theory]
    [InlineData(ClassPenalty.GroupLasso)]
    [InlineData(ClassPenalty.LpL1)]
    public void Couple_MorePenalty_MassFromFewerClasses(ClassPenalty penalty)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 24, 6, seed: 6);
        using Generator generator = new(7);
        Tensor cost = Tensor.Uniform([30, 24], generator, 0, 1, ScalarType.Float64);

        double Share(double eta)
        {
            Coupling found = new ClassRegularisedTransport { Penalty = penalty, ClassRegularisation = eta, Iterations = 5000 }.Couple(cost, data.SourceLabels, new FitContext());
            Tensor classes = Tensor.From<long>([.. data.SourceLabels.Select(static l => (long)l)]).OneHot(3).To(ScalarType.Float64);
            return (classes.T.MatMul(found.Plan) * 24).Max(0).Mean().ToDouble();
        }

        Assert.True(Share(1) > Share(0) + 0.01, $"{Share(0)} {Share(1)}");
    }

    [Fact]
    public void Fit_LabelsWithGaps_AreNoMatter()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(30, 24, 6, seed: 8);
        FeatureData gaps = new(plain.Source, [.. plain.SourceLabels.Select(static l => Gaps[l])], 6, plain.Target);

        using FittedFeatures one = new ClassRegularisedTransport().Fit(plain), two = new ClassRegularisedTransport().Fit(gaps);

        Assert.True(((BarycentricMap)one.Source).Images.SameAs(((BarycentricMap)two.Source).Images));
    }

    [Theory]
    [InlineData("class-regularisation", "-1")]
    [InlineData("regularisation", "0")]
    [InlineData("rounds", "0")]
    [InlineData("iterations", "0")]
    [InlineData("tolerance", "0")]
    public void Validate_OptionOutOfRange_IsRefusedByName(string option, string value)
    {
        FeatureMethod method = (FeatureMethod)Acclimate.Catalog.MethodCatalog.Find("ot-class").Create(new Dictionary<string, string> { [option] = value });
        Assert.Contains($"ot-class: {option}", Assert.Throws<ArgumentException>(method.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClassPenalty.GroupLasso, "D>W", 88.14)]
    [InlineData(ClassPenalty.LpL1, "D>W", 80.68)]
    public void Fit_SurfTask_IsPotsFigure(ClassPenalty penalty, string task, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", task, new ClassRegularisedTransport { Penalty = penalty }, "rowsum,zscore,l2"), 0.005);
}
