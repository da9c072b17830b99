using Acclimate.Selection;
using Acclimate.Selection.Validators;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Validators;

/// <summary>The validators that ask a candidate something: MixVal and reverse validation.</summary>
public sealed class ProbeTests
{
    /// <summary>Samples are unit vectors, so that a mixture shows who was mixed with whom.</summary>
    [Fact]
    public void MixVal_UnitVectors_MixesEachWithItsOwnClassThenWithAnother()
    {
        using TensorScope scope = TensorScope.Begin();
        const int n = 12;
        int[] labels = [0, 1, 2, 0, 1, 1, 2, 0, 1, 1, 1, 0];
        LabelFreePair pair = new(Tensor.Ones([2, n], ScalarType.Float64), [0, 1], 3, Tensor.Eye(n, ScalarType.Float64));
        List<(int One, int Other)[]> asked = [];
        Candidate candidate = new("c", "f", OneHot(labels, 3))
        {
            Predict = rows =>
            {
                asked.Add([.. Mixed(rows)]);

                // The first round keeps every class, the second those of the odd samples.
                return OneHot([.. asked[^1].Select(pair => asked.Count == 1 || pair.One % 2 == 1 ? labels[pair.One] : (labels[pair.One] + 1) % 3)], 3);
            },
        };

        Assert.Equal(0.75, new MixVal().Score(pair, candidate, []), 1e-12);

        Assert.Equal(2, asked.Count);
        Assert.All(asked, static round => Assert.Equal(Enumerable.Range(0, n), round.Select(static pair => pair.One).Order()));
        Assert.All(asked[0], pair => Assert.True(pair.One != pair.Other && labels[pair.One] == labels[pair.Other]));
        Assert.All(asked[1], pair => Assert.NotEqual(labels[pair.One], labels[pair.Other]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MixVal_NothingToMixOneWay_IsNaN(bool oneClass)
    {
        using TensorScope scope = TensorScope.Begin();
        LabelFreePair pair = new(Tensor.Ones([2, 3], ScalarType.Float64), [0, 1], 3, Tensor.Eye(3, ScalarType.Float64));
        Candidate candidate = new("c", "f", OneHot(oneClass ? [1, 1, 1] : [0, 1, 2], 3)) { Predict = static rows => OneHot(new int[rows.Size(0)], 3) };

        Assert.Equal(double.NaN, new MixVal().Score(pair, candidate, []));
    }

    [Fact]
    public void Reverse_Refitted_IsTheShareOfSourceLabelsThatComeHome()
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(5);
        LabelFreePair? turned = null;
        Candidate candidate = pool[0] with
        {
            // Every fourth source sample is labelled right, the others by the next class.
            Refit = given =>
            {
                turned = given;
                return OneHot([.. pair.SourceLabels.Select(static (label, i) => i % 4 == 0 ? label : (label + 1) % 3)], 3);
            },
        };

        Assert.Equal(0.25, new ReverseValidation().Score(pair, candidate, pool), 1e-12);

        Assert.Same(pair.Target, turned!.Source);
        Assert.Same(pair.Source, turned.Target);
        Assert.Equal(candidate.Target.ArgMax(1).ToArray<int>(), turned.SourceLabels);
    }

    [Fact]
    public void Reverse_MethodThatCannotBeRefitted_IsNaN_AndAWrongAnswerIsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(5);

        Assert.Equal(double.NaN, new ReverseValidation().Score(pair, pool[0] with { Refit = static _ => throw new ArgumentException("too few samples") }, pool));
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new ReverseValidation().Score(pair, pool[0] with { Refit = static _ => OneHot([0, 1], 3) }, pool));
        Assert.Contains("candidate 'c0' was refitted and says", thrown.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(int One, int Other)> Mixed(Tensor rows)
    {
        double[] values = rows.ToArray<double>();
        int n = (int)rows.Size(1);
        for (int i = 0; i < rows.Size(0); i++)
        {
            double[] row = values[(i * n)..((i + 1) * n)];
            yield return (Array.FindIndex(row, static x => Math.Abs(x - 0.55) < 1e-12), Array.FindIndex(row, static x => Math.Abs(x - 0.45) < 1e-12));
        }
    }

    private static Tensor OneHot(int[] labels, int classes) => Judged.Rows(Tensor.Eye(classes, ScalarType.Float64), labels);
}
