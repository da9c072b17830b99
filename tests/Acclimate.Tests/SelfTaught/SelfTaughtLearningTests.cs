using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Generated;
using Acclimate.Runs;
using Acclimate.SelfTaught;
using Acclimate.Tests.Runs;
using Acclimate.Torch;

namespace Acclimate.Tests.SelfTaught;

public sealed class SelfTaughtLearningTests
{
    [Fact]
    public void Fit_SourceLabels_ChangeNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Pictures([.. Enumerable.Repeat(0, 30)]), other = Pictures([.. Enumerable.Range(0, 30).Select(static i => i % 2)]);

        using FittedFeatures one = Method.Fit(data), two = Method.Fit(other);

        Assert.True(one.Target.Apply(data.Target).SameAs(two.Target.Apply(data.Target)));
        Assert.Equal(one.Classifier!.Predict(one.Target.Apply(data.Target)), two.Classifier!.Predict(two.Target.Apply(data.Target)));
    }

    [Fact]
    public void Apply_Pictures_PoolsEachFieldsLargestCode()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Pictures(new int[30]);
        using FittedFeatures fitted = Method.Fit(data);
        SparseCodeMap map = (SparseCodeMap)fitted.Target;
        Tensor one = data.Target.Slice(0, 0, 1);

        double[] found = map.Apply(one).ToArray<double>();

        // 8 × 8 pixels in patches of 4 every 2: 3 × 3 places, of which a grid of 2 takes the first, and the second and third.
        double[] pixels = one.ToArray<double>();
        List<double[]> codes = [];
        for (int i = 0; i <= 4; i += 2)
        {
            for (int j = 0; j <= 4; j += 2)
            {
                double[] patch = [.. Enumerable.Range(0, 16).Select(at => pixels[((i + (at / 4)) * 8) + j + (at % 4)])];
                double mean = patch.Average();
                Tensor row = Tensor.From<double>([.. patch.Select(value => (value - mean) / map.Scale)], 1, 16);
                codes.Add(SparseCoding.Codes(row, map.Bases, map.Beta).ToArray<double>());
            }
        }

        List<double> wanted = [];
        foreach (int[] rows in (int[][])[[0], [1, 2]])
        {
            foreach (int[] columns in (int[][])[[0], [1, 2]])
            {
                foreach (int sign in (int[])[1, -1])
                {
                    for (int k = 0; k < 10; k++)
                        wanted.Add(rows.SelectMany(i => columns.Select(j => Math.Max(0, sign * codes[(i * 3) + j][k]))).Max());
                }
            }
        }

        double length = Math.Sqrt(wanted.Sum(static value => value * value));
        Assert.Equal(wanted.Count, found.Length);

        // The same sums in another order, through 500 steps that contract.
        Assert.All(wanted.Zip(found), pair => Assert.Equal(pair.First / length, pair.Second, 1e-9));
    }

    [Fact]
    public void Start_SourceWithoutLabels_LearnsFromTheTargetsFew()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-");
        try
        {
            string In(string name) => Path.Combine(folder.FullName, name);
            RunConfig config = new()
            {
                Source = Tables.Named(In("others.csv"), 60, 1, 0, static _ => null),
                Target = Tables.Write(In("target.csv"), 60, 2, 0),
                TargetLabelled = Tables.Write(In("few.csv"), 12, 3, 0),
                Method = "self-taught",
                Preprocess = "none",
                Guard = true,
            };

            RunResult result = TransferRun.Start(config, new RunFolder(In("run")), cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(["ant", "bee", "cat"], result.Classes);
            Assert.True(result.Honest!.Accuracy > 0.6);
            Assert.Contains("--target-labelled", Assert.Throws<ArgumentException>(() => TransferRun.Start(config with { TargetLabelled = null }, new RunFolder(In("other")))).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static SelfTaughtLearning Method => new() { Bases = 10, Patch = 4, Stride = 2, Grid = 2, Rounds = 3, Samples = 200, Side = 8 };

    /// <summary>Pictures of 8 × 8 with a bar, upright or lying.</summary>
    private static FeatureData Pictures(int[] sourceLabels)
    {
        RandomStream random = new(7);
        return new FeatureData(Bars(30, ref random), sourceLabels, 2, Bars(20, ref random), [.. Enumerable.Range(0, 20).Select(static i => i < 6 ? i % 2 : FeatureData.Unknown)]);

        static Tensor Bars(int count, ref RandomStream random)
        {
            double[] pixels = new double[count * 64];
            for (int n = 0; n < count; n++)
            {
                int at = 1 + random.Index(6);
                for (int i = 0; i < 64; i++)
                    pixels[(n * 64) + i] = (0.1 * random.Uniform()) + ((n % 2 == 0 ? i / 8 : i % 8) == at ? 1 : 0);
            }

            return Tensor.From<double>(pixels, count, 64);
        }
    }
}
