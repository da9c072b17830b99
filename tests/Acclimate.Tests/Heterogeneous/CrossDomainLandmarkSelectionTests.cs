using System.Globalization;
using System.Text;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Heterogeneous;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Heterogeneous;

public sealed class CrossDomainLandmarkSelectionTests
{
    [Fact]
    public void Fit_OtherFeatures_IsAboveTheFewLabelsAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        (FeatureData data, int[] truth) = Different(seed: 1);
        int[] few = [.. Enumerable.Range(0, truth.Length).Where(t => data.TargetLabels![t] >= 0)];
        using FittedClassifier alone = new LogisticRegression().Fit(data.Target.IndexSelect(0, Tensor.From<long>([.. few.Select(static t => (long)t)])), [.. few.Select(t => truth[t])], 4);

        using FittedFeatures fitted = new CrossDomainLandmarkSelection { Dimensions = 12 }.Fit(data);

        double without = Right(alone.Predict(data.Target), truth), with = Right(fitted.Classifier!.Predict(fitted.Target.Apply(data.Target)), truth);
        Assert.True(with > without + 0.05, $"{with} against {without}");
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-5);
        Assert.Equal(30, fitted.Source.Apply(data.Source).Size(0));
    }

    [Fact]
    public void Fit_MethodForTheSameFeatures_RefusesOthersByNumber()
    {
        using TensorScope scope = TensorScope.Begin();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new NoAdaptation().Fit(Different(seed: 2).Data));

        Assert.Contains("the source has 9 features and the target 14", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_TablesOfDifferentColumns_GivesAModelOfTheTargets()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-");
        try
        {
            using (TensorScope.Begin())
            {
                (FeatureData data, int[] truth) = Different(seed: 3);
                Write(In("source.csv"), data.Source, data.SourceLabels, Enumerable.Range(0, 30));
                Write(In("few.csv"), data.Target, truth, Enumerable.Range(0, 8));
                Write(In("target.csv"), data.Target, truth, Enumerable.Range(8, 72));
            }

            RunConfig config = new()
            {
                Source = In("source.csv") + "?label=kind",
                Target = In("target.csv") + "?label=kind",
                TargetLabelled = In("few.csv") + "?label=kind",
                Method = "cdls",
                Guard = true,
            };
            RunResult result = TransferRun.Start(config, new RunFolder(In("run")), cancellation: TestContext.Current.CancellationToken);

            Assert.True(result.Honest!.Accuracy > 0.5);
            Assert.True(File.Exists(new RunFolder(In("run")).Report));
            using TransferModel model = TransferModel.Load(new RunFolder(In("run")).Model);
            using Domain target = model.Open(config.Target);
            Assert.Equal(14, model.InputShape.Single());
            Assert.Equal(72, model.Predict(target).Indices.Count);

            DataException refused = Assert.Throws<DataException>(() => TransferRun.Start(config with { TargetLabelled = config.Source }, new RunFolder(In("other"))));
            Assert.Contains("column", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string In(string name) => Path.Combine(folder.FullName, name);
    }

    private static double Right(int[] found, int[] truth) => found.Zip(truth, static (a, b) => a == b ? 1.0 : 0).Average();

    /// <summary>Four classes seen by 9 features in the source and by 14 noisy ones in the target, two labelled samples a class there.</summary>
    private static (FeatureData Data, int[] Truth) Different(long seed)
    {
        using Generator generator = new(seed);
        int[] source = [.. Enumerable.Range(0, 30).Select(static i => i % 4)], truth = [.. Enumerable.Range(0, 80).Select(static i => i % 4)];
        Tensor x = Centres(9).IndexSelect(0, Longs(source)) + Tensor.Normal([30, 9], generator, ScalarType.Float64);
        Tensor y = Centres(14).IndexSelect(0, Longs(truth)) + (Tensor.Normal([80, 14], generator, ScalarType.Float64) * 2);
        return (new FeatureData(x, source, 4, y, [.. truth.Select(static (label, t) => t < 8 ? label : FeatureData.Unknown)]), truth);

        Tensor Centres(int features) => Tensor.Normal([4, features], generator, ScalarType.Float64) * 1.5;

        static Tensor Longs(int[] labels) => Tensor.From(Array.ConvertAll(labels, static label => (long)label));
    }

    private static void Write(string path, Tensor samples, int[] labels, IEnumerable<int> rows)
    {
        int width = (int)samples.Size(1);
        double[] values = samples.ToArray<double>();
        StringBuilder text = new(string.Join(',', Enumerable.Range(0, width).Select(i => $"f{width}_{i}")) + ",kind\n");
        foreach (int row in rows)
            text.AppendJoin(',', values[(row * width)..((row + 1) * width)].Select(static v => v.ToString("R", CultureInfo.InvariantCulture))).Append(",k").Append(labels[row]).Append('\n');
        File.WriteAllText(path, text.ToString());
    }
}
