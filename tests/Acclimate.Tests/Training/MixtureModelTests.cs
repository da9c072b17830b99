using Acclimate.Backbones;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class MixtureModelTests : IDisposable
{
    private static readonly string[] Insects = ["ant", "bee", "cat"];

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Float32 rows, summed in float64 and rounded once: half a unit in the last place of a number below 1.
    [Fact]
    public void Predict_TwoNetworksAndAShallowModel_IsTheWeightedMean()
    {
        using Domain domain = Toy.Blobs("toy", 40, 3);
        using MixtureModel model = Mixture(0.5, 0.3, 0.2);

        Predictions found = model.Predict(domain, TestContext.Current.CancellationToken);

        Predictions[] said = [.. model.Members.Select(member => member.Model.Predict(domain, TestContext.Current.CancellationToken))];
        for (int i = 0; i < domain.Count; i++)
        {
            double[] mean = [.. Enumerable.Range(0, 3).Select(k => (0.5 * said[0].Probabilities[i][k]) + (0.3 * said[1].Probabilities[i][k]) + (0.2 * said[2].Probabilities[i][k]))];
            Assert.All(Enumerable.Range(0, 3), k => Assert.Equal(mean[k], found.Probabilities[i][k], 1e-7));
            Assert.Equal(Array.IndexOf(mean, mean.Max()), found.Indices[i]);
        }
    }

    [Fact]
    public void Load_Saved_PredictsTheSameBits()
    {
        using Domain domain = Toy.Blobs("toy", 40, 3);
        using MixtureModel model = Mixture(0.5, 0.3, 0.2);

        model.Save(folder);
        using TransferModel loaded = TransferModel.Load(folder);

        MixtureModel mixture = Assert.IsType<MixtureModel>(loaded);
        Assert.Equal(["source-only", "dan", "tca"], mixture.Members.Select(static member => member.Name));
        Assert.Equal(
            model.Predict(domain, TestContext.Current.CancellationToken).Probabilities, loaded.Predict(domain, TestContext.Current.CancellationToken).Probabilities);
        using Tensor before = model.Features(domain, TestContext.Current.CancellationToken), after = loaded.Features(domain, TestContext.Current.CancellationToken);
        Assert.True(before.SameAs(after));
        Assert.Equal(model.Provenance with { Options = loaded.Provenance.Options }, loaded.Provenance);
    }

    [Fact]
    public void Predict_MemberWithoutWeight_IsNotAsked()
    {
        using Domain domain = Toy.Blobs("toy", 40, 3);
        using MixtureModel model = Mixture(0, 1, 0);

        Assert.Equal(
            model.Members[1].Model.Predict(domain, TestContext.Current.CancellationToken).Probabilities, model.Predict(domain, TestContext.Current.CancellationToken).Probabilities);
    }

    // The second's members lie beside the first's until its card stands; then those of the first are gone.
    [Fact]
    public void Save_OverAnother_ReplacesItAndLeavesNothingBehind()
    {
        using Domain domain = Toy.Blobs("toy", 40, 3);
        using MixtureModel first = Mixture(0.5, 0.3, 0.2), second = Mixture(0.1, 0.1, 0.8, seed: 9);
        first.Save(folder);

        second.Save(folder);

        using TransferModel loaded = TransferModel.Load(folder);
        Assert.Equal(
            second.Predict(domain, TestContext.Current.CancellationToken).Probabilities, loaded.Predict(domain, TestContext.Current.CancellationToken).Probabilities);
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(folder, "members")).Length);
    }

    [Fact]
    public void Reweigh_OneMember_DecidesAlone()
    {
        using Domain domain = Toy.Blobs("toy", 40, 3);
        using (MixtureModel model = Mixture(0.5, 0.3, 0.2))
            model.Save(folder);

        MixtureModel.Reweigh(folder, new Dictionary<string, double> { ["dan"] = 1, ["source-only"] = 0, ["tca"] = 0 });

        using MixtureModel loaded = (MixtureModel)TransferModel.Load(folder);
        Assert.Equal(MixtureModel.WeightsOf(folder), loaded.Weights);
        Assert.Equal(
            loaded.Members[1].Model.Predict(domain, TestContext.Current.CancellationToken).Probabilities, loaded.Predict(domain, TestContext.Current.CancellationToken).Probabilities);
    }

    [Fact]
    public void Reweigh_WrongWeights_LeavesTheModelAsItWas()
    {
        using (MixtureModel model = Mixture(0.5, 0.3, 0.2))
            model.Save(folder);
        string card = File.ReadAllText(Path.Combine(folder, "model.json"));

        Assert.Contains("add up to 1.5", Assert.Throws<ArgumentException>(() => MixtureModel.Reweigh(folder, new Dictionary<string, double> { ["dan"] = 1, ["source-only"] = 0.5, ["tca"] = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("source-only, dan, tca", Assert.Throws<ArgumentException>(() => MixtureModel.Reweigh(folder, new Dictionary<string, double> { ["jda"] = 1 })).Message, StringComparison.Ordinal);

        Assert.Equal(card, File.ReadAllText(Path.Combine(folder, "model.json")));
    }

    [Theory]
    [InlineData("\"weight\": 0.5", "\"weight\": 0.9", "add up to")]
    [InlineData("\"weight\": 0.5", "\"weight\": -0.5", "expected 0 or more")]
    [InlineData("\"name\": \"dan\"", "\"name\": \"tca\"", "two members are called 'tca'")]
    [InlineData("\"folder\": \"dan\"", "\"folder\": \"../../dan\"", "is no folder of members")]
    [InlineData("\"folder\": \"dan\"", "\"folder\": \"jda\"", "'dan' can't be used")]
    [InlineData("\"members\":", "\"remembers\":", "is damaged")]
    [InlineData("\"ant\"", "\"asp\"", "does not fit its members")]
    [InlineData("\"mixture\"", "\"mixtures\"", "no kind of model 'mixtures'")]
    [InlineData("\"format_version\": 1", "\"format_version\": 99", "reads up to 1")]
    public void Load_DamagedCard_SaysWhat(string find, string replace, string expected)
    {
        using (MixtureModel model = Mixture(0.5, 0.3, 0.2))
            model.Save(folder);
        string path = Path.Combine(folder, "model.json"), text = File.ReadAllText(path);
        Assert.Contains(find, text, StringComparison.Ordinal);
        int at = text.IndexOf(find, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + replace + text[(at + find.Length)..]);

        string message = Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("model.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MemberCutShort_IsNamed()
    {
        using (MixtureModel model = Mixture(0.5, 0.3, 0.2))
            model.Save(folder);
        string path = Path.Combine(folder, "members", "dan", "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^7]);

        Assert.Contains("member 'dan'", Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MixtureAsMember_IsRefused()
    {
        using (MixtureModel model = Mixture(0.5, 0.3, 0.2))
        {
            model.Save(folder);
            Directory.Delete(Path.Combine(folder, "members", "dan"), recursive: true);
            model.Save(Path.Combine(folder, "members", "dan"));
        }

        Assert.Contains("holds a mixture itself", Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mixture_MembersThatDontFit_AreNamed()
    {
        using NetworkModel one = Network(Insects, 6, 1), classes = Network(["ant", "bee", "asp"], 6, 1), width = Network(Insects, 5, 1);

        Refuses("'other' tells 3 classes (ant, bee, asp) apart", new("one", one, 0.5), new("other", classes, 0.5));
        Refuses("'other' takes samples of [5]", new("one", one, 0.5), new("other", width, 0.5));
        Refuses("can't be called '../x'", new MixtureMember("../x", one, 1));
        Refuses("at least one");

        static void Refuses(string expected, params MixtureMember[] members) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new MixtureModel(members, Provenance("dan"))).Message, StringComparison.Ordinal);
    }

    // What wants one network names the members' folders.
    [Fact]
    public void Find_WeightsOfAMixture_NamesItsMembers()
    {
        using (MixtureModel model = Mixture(0.5, 0.3, 0.2))
            model.Save(Path.Combine(folder, "model"));

        string message = Assert.Throws<FileNotFoundException>(() => PretrainedWeights.Find(folder)).Message;

        string dan = Path.Combine(folder, "model", "members", "dan");
        Assert.Contains(dan, message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(dan, "model.safetensors"), PretrainedWeights.Find(dan));
    }

    private static MixtureModel Mixture(double sourceOnly, double dan, double tca, long seed = 1) => new(
        [new("source-only", Network(Insects, 6, seed), sourceOnly), new("dan", Network(Insects, 6, seed + 1), dan), new("tca", Shallow(), tca)], Provenance("dan"));

    private static NetworkModel Network(string[] classes, int width, long seed)
    {
        using Generator generator = new(seed);
        return new NetworkModel(new ClassifierNetwork(new NetworkSpec("mlp", [width], classes.Length), generator), classes, Preprocessing.None, Provenance("dan"));
    }

    private static FeatureModel Shallow()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain samples = Toy.Blobs("toy", 30, 2);
        FeatureMap map = new UnitRowsMap();
        Tensor rows = samples.Read([.. Enumerable.Range(0, samples.Count)]).To(ScalarType.Float64);
        FittedClassifier classifier = ClassifierCatalog.Parse("ridge").Fit(map.Apply(rows), samples.Labels!.Indices, 3);
        return new FeatureModel(
            [6], new DomainSide(Preprocessing.None, map), new DomainSide(Preprocessing.None, map), classifier, Insects, Provenance("tca") with { Preprocess = "unit", Classifier = "ridge" });
    }

    private static Provenance Provenance(string method) => new(method, new Dictionary<string, string>(), "s", "t", 0, 1, "0", "0");
}
