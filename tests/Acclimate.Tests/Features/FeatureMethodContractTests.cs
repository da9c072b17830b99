using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Features;

/// <summary>What every shallow method of the catalogue must keep, whatever it computes.</summary>
public sealed class FeatureMethodContractTests
{
    public static TheoryData<string> Methods =>
        [.. MethodCatalog.All.Where(static entry => entry.IsShallow).Select(static entry => entry.About.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_ThreeClasses_ClassifiesTheTargetAboveChance(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(60, 45, 8, seed: 1, shift: 0.5));

        (int[] found, Tensor mapped) = FitAndPredict(method, data, data.Target);

        Assert.True(mapped.IsFinite().All());
        double accuracy = found.Zip(ToyFeatures.Classes(45), static (a, b) => a == b ? 1.0 : 0).Average();
        Assert.True(accuracy > 0.6, $"accuracy on the target {accuracy}");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_SameSeed_SameBits(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(30, 24, 6, seed: 2));

        (_, Tensor one) = FitAndPredict(method, data, data.Target);
        (_, Tensor two) = FitAndPredict(method, data, data.Target);

        Assert.True(one.SameAs(two));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_SamplesNotSeen_AreMappedOneByOne(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(30, 24, 6, seed: 3));
        Tensor unseen = ToyFeatures.Shifted(5, 7, 6, seed: 4).Target;
        using FittedFeatures fitted = Method(method).Fit(data, Context(method));

        foreach (Acclimate.Features.Maps.FeatureMap map in (Acclimate.Features.Maps.FeatureMap[])[fitted.Source, fitted.Target])
        {
            Tensor together = map.Apply(unseen);
            Tensor alone = Tensor.Concatenate([.. Enumerable.Range(0, 7).Select(i => map.Apply(unseen.Slice(0, i, i + 1)))]);

            // The same sums in another order: a few units in the last place of numbers that were added up.
            Assert.Equal(7, together.Size(0));
            Assert.True(together.IsFinite().All());
            Assert.True((together - alone).Abs().Max().ToDouble() <= 1e-9 * (1 + together.Abs().Max().ToDouble()));
        }

        Assert.Equal(fitted.Source.Apply(unseen).Size(1), fitted.Target.Apply(unseen).Size(1));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_MoreFeaturesThanSamples_Works(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(12, 9, 40, seed: 5));

        (int[] found, Tensor mapped) = FitAndPredict(method, data, data.Target);

        Assert.Equal(9, found.Length);
        Assert.True(mapped.IsFinite().All());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_ClassesWithoutSamples_AreNeverPredicted(string method)
    {
        // Five classes are named; the source has samples of three (1, 2 and 4), the target of two of these.
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(30, 24, 6, seed: 6);
        int[] gaps = [1, 2, 4];
        Tensor two = plain.Target.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(0, 24).Where(static i => i % 3 != 2).Select(static i => (long)i)]));
        FeatureData data = For(method, new FeatureData(plain.Source, [.. plain.SourceLabels.Select(l => gaps[l])], 5, two), [.. Enumerable.Range(0, 16).Select(i => gaps[i % 2])]);

        (int[] found, Tensor mapped) = FitAndPredict(method, data, data.Target);

        Assert.True(mapped.IsFinite().All());
        Assert.All(found, label => Assert.True(gaps.Contains(label) || label >= 5 && label < 5 + Method(method).ExtraClasses.Count, $"class {label}"));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_FewTargetSamplesAndAConstantFeature_Works(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(30, 3, 6, seed: 7);
        Tensor source = plain.Source.Clone(), target = plain.Target.Clone();
        source.Slice(1, 2, 3).FillInPlace(1);
        target.Slice(1, 2, 3).FillInPlace(1);
        FeatureData data = For(method, new FeatureData(source, plain.SourceLabels, 3, target));

        (int[] found, Tensor mapped) = FitAndPredict(method, data, data.Target);

        Assert.Equal(3, found.Length);
        Assert.True(mapped.IsFinite().All());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_Residuals_AreSmall(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(40, 30, 8, seed: 8));

        using FittedFeatures fitted = Method(method).Fit(data, Context(method));

        // float64 leaves 1e-16 times the problem's condition; these toys are conditioned at 1e6 or better.
        Assert.InRange(fitted.Certificate.EigenResidual ?? 0, 0, 1e-8);
        Assert.InRange(fitted.Certificate.ConstraintError ?? 0, 0, 1e-6);
        Assert.InRange(fitted.Certificate.KktResidual ?? 0, 0, 1e-3);
        Assert.All(fitted.Certificate.Objective, static value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_Cancelled_Stops(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(30, 24, 6, seed: 9));
        using CancellationTokenSource stop = new();
        bool reported = false;
        FitContext context = Context(method) with { Cancellation = stop.Token, Progress = _ => { reported = true; stop.Cancel(); } };
        try
        {
            Method(method).Fit(data, context).Dispose();
            Assert.False(reported, "it went on after a round at which it was cancelled");
        }
        catch (OperationCanceledException)
        {
            Assert.True(reported);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_SavedAndLoaded_PredictsTheSameBits(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(30, 24, 6, seed: 10));
        using Domain unseen = Domain.FromTensor("unseen", ToyFeatures.Shifted(5, 40, 6, seed: 11).Target.To(ScalarType.Float32));
        FittedFeatures fitted = Method(method).Fit(data, Context(method));
        using FeatureModel model = new(
            [6], new DomainSide(Preprocessing.None, fitted.Source), new DomainSide(Preprocessing.None, fitted.Target),
            fitted.ClassifierFor(data, Context(method).Classifier), ["ant", "bee", "cat", .. Method(method).ExtraClasses],
            new Provenance(method, MethodCatalog.OptionsOf(Method(method)), "s", "t", 0, 0, "0", "0"));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-");
        try
        {
            model.Save(folder.FullName);
            using TransferModel loaded = TransferModel.Load(folder.FullName);

            Assert.Equal(model.Predict(unseen).Indices, loaded.Predict(unseen).Indices);
            Assert.Equal(model.Predict(unseen).Probabilities, loaded.Predict(unseen).Probabilities);
            Assert.True(model.Features(unseen).SameAs(loaded.Features(unseen)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The labels that are known count, by the classifier at least; those of other samples are not in the data at all.
    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_KnownTargetLabels_AreLearntFromAndKept(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(30, 24, 6, seed: 13);
        Assert.True(Method(method).LearnsTargetLabels);
        int[] truth = ToyFeatures.Classes(24), known = [.. Enumerable.Range(0, 9)];
        (double[] right, int[]? decided) = Said(method, Known(plain, i => truth[i]));
        (double[] wrong, int[]? otherwise) = Said(method, Known(plain, i => (truth[i] + 1) % 3));

        Assert.NotEqual(right, wrong);
        if (decided is not null)
        {
            Assert.Equal([.. known.Select(i => truth[i])], decided[..9]);
            Assert.Equal([.. known.Select(i => (truth[i] + 1) % 3)], otherwise![..9]);
        }
    }

    [Fact]
    public void Fit_KnownTargetLabelsOfAMethodThatCantUseThem_ChangeNothingAndAreToldOf()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(30, 24, 6, seed: 13);
        Acclimate.Features.Subspaces.CorrelationAlignment method = new() { Similarity = true };
        using FittedFeatures without = method.Fit(plain), with = method.Fit(Known(plain, static i => i % 3));

        Assert.Equal(without.Classifier!.Predict(plain.Target), with.Classifier!.Predict(plain.Target));
        Assert.Empty(without.Certificate.Notes);
        Assert.Contains("coral can't learn from labels of the target: the 9 that were given changed nothing", Assert.Single(with.Certificate.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_OptionOutOfRange_IsRefusedByName(string method)
    {
        // Whole numbers and reals that count, weigh or measure something have no use for −1e6; choices and switches are read by name.
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = For(method, ToyFeatures.Shifted(30, 24, 6, seed: 12));
        foreach (MethodOption option in MethodCatalog.Find(method).Options.Where(static o => double.TryParse(o.Default, CultureInfo.InvariantCulture, out _)))
        {
            FeatureMethod wrong = (FeatureMethod)MethodCatalog.Find(method).Create(new Dictionary<string, string> { [option.Name] = "-1000000" });

            string message = Assert.Throws<ArgumentException>(() => wrong.Fit(data)).Message;

            Assert.Contains(option.Name, message, StringComparison.Ordinal);
            Assert.Contains("-1000000", message.Replace("-1E+06", "-1000000", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    private static FeatureMethod Method(string name) => (FeatureMethod)MethodCatalog.Find(name).Create();

    /// <summary>1-NN, but for methods that weigh samples: neighbours make nothing of weights.</summary>
    private static FitContext Context(string method) =>
        MethodCatalog.Find(method).About.Family == Family.Instances ? new FitContext { Classifier = new LogisticRegression() } : new FitContext();

    /// <summary>The data, with a few target labels where the method takes them.</summary>
    private static FeatureData For(string method, FeatureData data, int[]? truth = null)
    {
        if (MethodCatalog.Find(method).About.Setting is not (LabelSetting.FewTargetLabels or LabelSetting.TargetOnly))
            return data;
        truth ??= ToyFeatures.Classes(data.TargetCount);
        int[] few = [.. truth.Select(static (label, i) => i < 9 ? label : FeatureData.Unknown)];
        return new FeatureData(data.Source, data.SourceLabels, data.Classes, data.Target, few);
    }

    /// <summary>The data with labels of the target's first nine samples.</summary>
    private static FeatureData Known(FeatureData data, Func<int, int> label) => new(
        data.Source, data.SourceLabels, data.Classes, data.Target, [.. Enumerable.Range(0, data.TargetCount).Select(i => i < 9 ? label(i) : FeatureData.Unknown)]);

    private static (double[] Probabilities, int[]? Decided) Said(string name, FeatureData data)
    {
        // Graded answers show a change that a vote would hide.
        FitContext context = MethodCatalog.Find(name).About.Family == Family.Instances ? Context(name) : new FitContext { Classifier = new NearestOfClass() };
        using FittedFeatures fitted = Method(name).Fit(data, context);
        FittedClassifier classifier = fitted.ClassifierFor(data, context.Classifier);
        using Tensor said = classifier.Probabilities(fitted.Target.Apply(data.Target));
        double[] probabilities = said.ToArray<double>();
        if (!ReferenceEquals(classifier, fitted.Classifier))
            classifier.Dispose();
        return (probabilities, fitted.TargetLabels);
    }

    private static (int[] Found, Tensor Mapped) FitAndPredict(string name, FeatureData data, Tensor target)
    {
        FitContext context = Context(name);
        using FittedFeatures fitted = Method(name).Fit(data, context);
        FittedClassifier classifier = fitted.ClassifierFor(data, context.Classifier);
        Tensor mapped = fitted.Target.Apply(target);
        int[] found = classifier.Predict(mapped);
        if (!ReferenceEquals(classifier, fitted.Classifier))
            classifier.Dispose();
        return (found, mapped.Clone());
    }
}
