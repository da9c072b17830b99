using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Regression;

/// <summary>
/// Numbers by a network: deep methods whose own terms know nothing of classes, such as DANN, on two layers of 256 (<c>mlp</c>) with one output, which descends half the squared error of
/// (y − m)/s, m and s the source's mean and deviation. What was learnt is kept as the map that it is: affine layers, batch norm folded into them, with rectifiers between.
/// </summary>
internal static class NetworkRegression
{
    private const string Backbone = "mlp";

    /// <summary>Sets apart the draw of the network's first values.</summary>
    private const long FirstValues = 100;

    /// <summary>The methods: those whose objective <see cref="Objective.TakesNumbers"/>.</summary>
    public static IReadOnlyList<string> Methods { get; } = [.. MethodCatalog.All.Where(static entry => TakesNumbers(entry)).Select(static entry => entry.About.Name)];

    /// <summary>Trains.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="options">Its options where they are not the defaults.</param>
    /// <param name="data">What from and to; target numbers, where there are some, are learnt beside the source's.</param>
    /// <param name="training">How.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    public static FittedRegression Fit(
        string method, IReadOnlyDictionary<string, string> options, RegressionData data, TrainerOptions training, Action<StepReport>? progress, CancellationToken cancellation)
    {
        double mean = data.Values.Average(), deviation = Math.Sqrt(data.Values.Average(value => (value - mean) * (value - mean)));
        if (deviation == 0)
            deviation = 1;
        using Objective objective = (Objective)MethodCatalog.Find(method).Create(options);
        using Domain source = Rows("source", data.Source, data.Values), target = Rows("target", data.Target, null);
        using Domain? few = data.Few is null ? null : Rows("target samples", data.Few, data.FewValues);
        using Generator first = new(Generator.Derive(training.Seed, FirstValues));
        using ClassifierNetwork network = new(new NetworkSpec(Backbone, [data.Source.Size(1)], 1) { Bottleneck = objective.Bottleneck }, first);
        StepReport? last = null;
        new Trainer(network, objective, training).Fit(source, target, Preprocessing.None, progress: Heard, known: few, cancellation: cancellation);

        string terms = string.Join(", ", last!.Terms.Select(static term => FormattableString.Invariant($"{term.Key} {term.Value:0.000}")));
        return new FittedRegression(
            new IdentityMap(), new IdentityMap(), new FittedMapRegressor(MapOf(network, deviation), mean),
            new Certificate { Notes = [FormattableString.Invariant($"a network of two layers of 256, {training.Steps} steps; at the last: {terms}")] });

        Domain Rows(string name, Tensor samples, double[]? values) => Domain.FromTensor(
            name, samples.To(ScalarType.Float32).Clone().LeaveScopes(), values is null ? null : Labels.OfValues([.. values.Select(value => (value - mean) / deviation)]));

        void Heard(StepReport step)
        {
            last = step;
            progress?.Invoke(step);
        }
    }

    /// <summary>What the network computes in use, times a factor, in float64: each layer x ↦ x Wᵀ + b; batch norm behind it has γ/√(σ² + ε) (· − μ) + β, which is folded into W and b.</summary>
    internal static FeatureMap MapOf(ClassifierNetwork network, double factor)
    {
        using NoGrad noGrad = NoGrad.Begin();
        List<FeatureMap> maps = [];
        foreach (Module module in network.Modules())
        {
            if (module == network.Head && network.Spec.Bottleneck is not null)
                maps.Add(new RectifierMap());
            switch (module)
            {
                case Linear layer:
                    double scale = layer == network.Head ? factor : 1;
                    maps.Add(new AffineMap(Wide(layer.Weight).T * scale, Wide(layer.Bias!).Unsqueeze(0) * scale));
                    break;
                case BatchNorm norm:
                    AffineMap before = (AffineMap)maps[^1];
                    Tensor slope = Wide(norm.Weight) / (Wide(norm.RunningVariance) + norm.Epsilon).Sqrt();
                    maps[^1] = new AffineMap(before.Weight * slope, ((before.Offset! - Wide(norm.RunningMean)) * slope) + Wide(norm.Bias));
                    break;
                case ReLU:
                    maps.Add(new RectifierMap());
                    break;
            }
        }

        return new ChainMap(maps);

        static Tensor Wide(Tensor tensor) => tensor.Detach().To(ScalarType.Float64);
    }

    private static bool TakesNumbers(MethodEntry entry)
    {
        if (!entry.IsNetwork)
            return false;
        using Objective objective = (Objective)entry.Create();
        return objective.TakesNumbers;
    }
}
