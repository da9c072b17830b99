using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Data;
using Acclimate.Tests.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public sealed class KnowledgeDistillationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static readonly TrainerOptions Short = new() { Steps = 80, BatchSize = 16, Seed = 3 };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Divergence_EqualsTheLoopsInValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor teacher = Tensor.Normal([3, 4], generator, ScalarType.Float64) * 3, student = Tensor.Normal([3, 4], generator, ScalarType.Float64).Detach().WithGrad();

        double expected = Fitting.Rows(teacher).Zip(Fitting.Rows(student.Detach())).Average(static pair =>
        {
            double[] p = Fitting.Softmax(pair.First.Select(static x => x / 2)), q = Fitting.Softmax(pair.Second.Select(static x => x / 2));
            return p.Zip(q, static (a, b) => a * Math.Log(a / b)).Sum();
        });

        Assert.Equal(expected, KnowledgeDistillation.Divergence(teacher, student, 2).ToDouble(), 1e-12);
        Fitting.AssertSlopes(() => KnowledgeDistillation.Divergence(teacher, student, 2), student);
    }

    // Section 2.1 of the paper: for a high temperature the gradient of T² KL is the difference of the logits, each less its mean, over the number of classes.
    [Fact]
    public void Divergence_HighTemperature_MatchesLogits()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor teacher = Tensor.Normal([1, 4], generator, ScalarType.Float64), student = Tensor.Normal([1, 4], generator, ScalarType.Float64).Detach().WithGrad();
        const double hot = 1e4;

        (KnowledgeDistillation.Divergence(teacher, student, hot) * hot * hot).Backward();

        double[] t = teacher.ToArray<double>(), s = student.ToArray<double>(), gradient = student.Grad!.ToArray<double>();

        // What is left out is of order 1/T.
        for (int i = 0; i < 4; i++)
            Assert.Equal((s[i] - s.Average() - (t[i] - t.Average())) / 4, gradient[i], 1e-3);
    }

    // Half of the labels are wrong, at random; the teacher was not taught by them.
    [Fact]
    public void Fit_ATeacher_TellsWhatLabelsHide()
    {
        using Domain clean = Toy.Blobs("clean", 150, 1);
        using Domain noisy = clean.WithLabels(new Labels(["ant", "bee", "cat"], [.. clean.Labels!.Indices.Select(static (label, i) => i % 2 == 0 ? label : (label + 1 + ((i / 2) % 2)) % 3)]));
        SaveTeacher("teacher", clean, ["ant", "bee", "cat"]);

        double plain = Accuracy(new SourceOnly(), noisy, clean);
        double taught = Accuracy(new KnowledgeDistillation { Teacher = folder["teacher"], Temperature = 2, Lambda = 0.95 }, noisy, clean);

        Assert.True(taught > 0.95, $"{taught}");
        Assert.True(plain < taught - 0.1, $"{taught}, and {plain} by the labels alone");
    }

    [Fact]
    public void Fit_ATeacherWithItsClassesInAnotherOrder_SaysTheSame()
    {
        using Domain source = Toy.Blobs("source", 90, 1);
        using Domain shuffled = source.WithLabels(new Labels(["cat", "ant", "bee"], [.. source.Labels!.Indices.Select(static label => (label + 1) % 3)]));
        SaveTeacher("shuffled", shuffled, ["cat", "ant", "bee"]);

        // The teacher alone: labels have no weight.
        double accuracy = Accuracy(new KnowledgeDistillation { Teacher = folder["shuffled"], Lambda = 1 }, source, source);

        Assert.True(accuracy > 0.95, $"{accuracy}");
    }

    [Fact]
    public void Loss_TheTeacher_IsInUseAndHasNoGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Domain source = Toy.Blobs("source", 30, 1);
        SaveTeacher("teacher", source, ["ant", "bee", "cat"]);
        using NetworkModel saved = (NetworkModel)TransferModel.Load(folder["teacher"]);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using KnowledgeDistillation method = new() { Teacher = folder["teacher"], Temperature = 3, Lambda = 0.5 };
        using Batch batch = Fitting.All(source);
        Tuning.Attach(method, network, batch.Inputs, generator, "ant", "bee", "cat");

        TrainingStep step = Tuning.Step(network, batch.Inputs, batch.Labels!.ToArray<long>(), generator);
        LossTerm term = Assert.Single(method.Loss(step));
        term.Value.Backward();

        Assert.Equal(("teacher", 4.5), (term.Name, term.Weight));
        double expected = KnowledgeDistillation.Divergence(saved.Network.Activate(batch.Inputs).Logits, step.Source.Logits, 3).ToDouble();
        Assert.Equal(expected, term.Value.ToDouble(), 1e-6);
        Assert.All(method.Network!.NamedParameters(), static p => Assert.Null(p.Value.Grad));
        Assert.All(network.NamedParameters(), static p => Assert.NotNull(p.Value.Grad));
    }

    // The first round is plain training, whose result teaches; the second starts where the first did.
    [Fact]
    public void Fit_ItsOwnTeacher_IsWhatTheFirstRoundMade()
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), start = network.Copy(), plain = Tuning.Network("mlp", [6]);
        using KnowledgeDistillation method = new();
        using SourceOnly first = new();

        Tuning.Fit(plain, first, source, Short with { Steps = 10 });
        Tuning.Fit(network, method, source, Short with { Steps = 20 });

        Dictionary<string, Tensor> state = method.Network!.NamedState().ToDictionary();
        Assert.All(plain.NamedState(), pair => Assert.True(pair.Value.SameAs(state[$"teacher.{pair.Key}"]), pair.Key));
        Assert.All(start.NamedState(), pair => Assert.True(pair.Value.SameAs(state[$"first.{pair.Key}"]), pair.Key));
        Assert.NotEmpty(Fitting.Changed(plain.NamedState(), network.NamedState()));
    }

    [Fact]
    public void Loss_Hints_AreTheMeanSquareBehindALearntLayer()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Domain source = Toy.Blobs("source", 30, 1);
        SaveTeacher("teacher", source, ["ant", "bee", "cat"]);
        using NetworkModel saved = (NetworkModel)TransferModel.Load(folder["teacher"]);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using KnowledgeDistillation method = new() { Teacher = folder["teacher"], Hints = ["fc1=fc2"], HintWeight = 0.2 };
        using Batch batch = Fitting.All(source);
        Tuning.Attach(method, network, batch.Inputs, generator, "ant", "bee", "cat");

        TrainingStep step = Tuning.Step(network, batch.Inputs, batch.Labels!.ToArray<long>(), generator);
        LossTerm hints = method.Loss(step)[1];
        hints.Value.Backward();

        Tensor[] layer = [.. method.Network!.NamedParameters().Where(static p => p.Key.StartsWith("hints.hint0.", StringComparison.Ordinal)).Select(static p => p.Value)];
        Tensor wanted = saved.Network.Activate(batch.Inputs)["fc2"], found = step.Source["fc1"].MatMul(layer[0].T) + layer[1];
        Assert.Equal(("hints", 0.2), (hints.Name, hints.Weight));
        Assert.Equal((found - wanted).Square().Mean().ToDouble(), hints.Value.ToDouble(), 1e-5);
        Assert.All(layer, static parameter => Assert.NotNull(parameter.Grad));
    }

    [Theory]
    [InlineData("features", "takes samples of 5 features, and this run's are 6 features")]
    [InlineData("classes", "tells 3 classes (ant, bee, owl) apart, and this run 3 classes (ant, bee, cat)")]
    [InlineData("absent", "is no model")]
    [InlineData("hint", "the network has no stage 'layer1' for a hint; its stages are fc1, fc2")]
    public void Attach_ATeacherThatDoesNotFit_IsRefusedByName(string fault, string words)
    {
        using Domain source = Toy.Blobs("source", 24, 1), narrow = Toy.Blobs("narrow", 24, 1, features: 5);
        string[] classes = ["ant", "bee", fault == "classes" ? "owl" : "cat"];
        if (fault != "absent")
            SaveTeacher("teacher", fault == "features" ? narrow : source, classes, steps: 1);
        using KnowledgeDistillation method = new() { Teacher = folder["teacher"], Hints = fault == "hint" ? ["layer1"] : [] };
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);

        Exception thrown = Assert.ThrowsAny<Exception>(() => Tuning.Fit(network, method, source, Short));

        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
        Assert.True(thrown is ArgumentException or InvalidDataException, thrown.GetType().Name);
    }

    private static double Accuracy(Objective method, Domain source, Domain truth)
    {
        using ClassifierNetwork network = Tuning.Network("mlp", [6], seed: 5);
        using (method)
            Tuning.Fit(network, method, source, Short);
        return Fitting.Accuracy(network, truth);
    }

    private void SaveTeacher(string name, Domain source, string[] classes, long steps = 80)
    {
        using SourceOnly method = new();
        using NetworkModel model = new(
            Tuning.Network("mlp", [.. source.SampleShape]), classes, Preprocessing.None, new Provenance("source-only", new Dictionary<string, string>(), "s", "t", 1, steps, "0", "0"));
        Tuning.Fit(model.Network, method, source, Short with { Steps = steps });
        model.Save(folder[name]);
    }
}
