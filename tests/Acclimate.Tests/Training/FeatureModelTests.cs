using System.Text;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Tests.Features;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class FeatureModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public static TheoryData<string> Classifiers => ["1nn", "centroid", "svm", "svm-pairs", "svm-rbf", "logistic", "ridge"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Load_Saved_PredictsTheSameBits(string classifier)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain domain = Samples();
        using FeatureModel model = Model(classifier);

        model.Save(folder);
        using TransferModel loaded = TransferModel.Load(folder);

        Predictions before = model.Predict(domain, TestContext.Current.CancellationToken), after = loaded.Predict(domain, TestContext.Current.CancellationToken);
        Assert.IsType<FeatureModel>(loaded);
        Assert.Equal(before.Indices, after.Indices);
        Assert.Equal(before.Probabilities, after.Probabilities);
        Assert.True(model.Features(domain, TestContext.Current.CancellationToken).SameAs(loaded.Features(domain, TestContext.Current.CancellationToken)));
        Assert.Equal(model.Provenance with { Options = loaded.Provenance.Options }, loaded.Provenance);
    }

    [Fact]
    public void Save_OneMapForBothDomains_IsStoredOnce()
    {
        using FeatureModel model = Model("ridge");

        model.Save(folder);

        // The kernel map's anchors and weights, the affine map's weight and offset, the classifier's weight and offset.
        using TensorFile file = Safetensors.Read(Path.Combine(folder, "model.safetensors"));
        Assert.Equal(6, file.Tensors.Count);
    }

    [Fact]
    public void Load_NewerFormat_SaysWhichItReads() =>
        Refuses("\"format_version\": 1", "\"format_version\": 99", "format version 99; this program reads up to 1");

    [Fact]
    public void Load_UnknownKind_NamesTheKnown() => Refuses("\"features\"", "\"dreams\"", "no kind of model 'dreams'; expected network, features, mixture or ");

    [Fact]
    public void Load_UnknownMap_IsRefused() => Refuses("\"kernel\"", "\"carnal\"", "model.json is damaged");

    [Fact]
    public void Load_UnknownTensor_IsNamed() => Refuses("\"tensor.1\"", "\"tensor.77\"", "there is no tensor 'tensor.77' in the safetensors file");

    [Fact]
    public void Load_TensorsMixedUp_DoesNotFit() => Refuses("\"tensor.1\"", "\"tensor.0\"", "does not fit");

    [Fact]
    public void Load_OtherClassCount_DoesNotFit() => Refuses("\"ant\",", string.Empty, "for one sample and 2 classes");

    [Fact]
    public void Load_OtherWidth_DoesNotFit() => Refuses("\"input_shape\": [\n    5", "\"input_shape\": [\n    6", "does not fit");

    [Fact]
    public void Load_UnknownMember_IsRefused() => Refuses("\"classifier\":", "\"klassifier\":", "is damaged");

    [Fact]
    public void Load_MissingMember_IsRefused() => Refuses("\"encoder\": null,", string.Empty, "is damaged");

    [Fact]
    public void Load_TruncatedWeights_NamesTheFile()
    {
        Save();
        string path = Path.Combine(folder, "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^7]);

        Assert.Contains("model.safetensors", Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_OtherWidth_SaysWhatItTakes()
    {
        using FeatureModel model = Model("1nn");
        using Domain wide = Domain.FromTensor("wide", Tensor.Ones([4, 7]));

        Assert.Contains("rows of 7 features; this model takes rows of 5", Assert.Throws<DataException>(() => model.Predict(wide)).Message, StringComparison.Ordinal);
    }

    private static Domain Samples()
    {
        using TensorScope scope = TensorScope.Begin();
        return Domain.FromTensor("toy", ToyFeatures.Shifted(30, 400, 5, seed: 1).Target.To(ScalarType.Float32));
    }

    /// <summary>A chain of a kernel map, an affine map and unit rows; preprocessing that differs between the domains.</summary>
    private static FeatureModel Model(string classifier)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 20, 5, seed: 1);
        using Generator generator = new(2);
        Tensor anchors = data.Source.Slice(0, 0, 8).Clone(), weight = Tensor.Normal([8, 6], generator, ScalarType.Float64);
        FeatureMap map = new KernelMap(Kernel.Rbf(0.05), anchors, weight)
            .Then(new ChainMap([AffineMap.Centred(Tensor.Normal([1, 6], generator, ScalarType.Float64), Tensor.Normal([6, 4], generator, ScalarType.Float64)), new UnitRowsMap()]));
        FittedClassifier fitted = ClassifierCatalog.Parse(classifier).Fit(map.Apply(data.Source), data.SourceLabels, 3);
        foreach (Tensor tensor in map.Tensors)
            tensor.LeaveScopes();
        return new FeatureModel(
            [5], new DomainSide(Preprocessing.None, map), new DomainSide(new Preprocessing([new Standardise([0, 1, 0, 1, 0], [1, 1, 2, 2, 1])]), map), fitted,
            ["ant", "bee", "cat"], new Provenance("tca", new Dictionary<string, string>(), "s", "t", 0, 0, "0", "0") { Preprocess = "zscore", Classifier = classifier });
    }

    private void Save()
    {
        using FeatureModel model = Model("1nn");
        model.Save(folder);
    }

    private void Refuses(string find, string replace, string expected)
    {
        Save();
        string path = Path.Combine(folder, "model.json");
        string text = File.ReadAllText(path, Encoding.UTF8);
        int at = text.IndexOf(find, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the card has no {find}");
        File.WriteAllText(path, text[..at] + replace + text[(at + find.Length)..]);

        string message = Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("model.json", message, StringComparison.Ordinal);
    }
}
