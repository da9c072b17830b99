using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Parameters;

/// <summary>A saved model that is to teach.</summary>
internal static class TeacherModel
{
    /// <summary>The model's network, its classes in the order of the run's.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="context">The run.</param>
    /// <exception cref="InvalidDataException">The folder holds no model, or a damaged one.</exception>
    /// <exception cref="ArgumentException">The model has no network, or takes other samples, or tells other classes apart.</exception>
    public static ClassifierNetwork Load(string folder, FitContext context)
    {
        using TransferModel model = TransferModel.Load(folder);
        if (model is MixtureModel)
            throw new ArgumentException($"distil: the teacher {folder} is made of several models; name one of them: {string.Join(", ", MixtureModel.MemberFolders(folder))}");
        if (model is not NetworkModel { Network: { } network })
            throw new ArgumentException($"distil: the teacher {folder} is a model of {model.Provenance.Method}, which has no network; a teacher needs one");
        NetworkSpec student = context.Network.Spec;
        if (!model.InputShape.SequenceEqual(student.InputShape))
            throw new ArgumentException($"distil: the teacher {folder} takes samples of {Shape(model.InputShape)}, and this run's are {Shape(student.InputShape)}; both see the same inputs (for pictures, --size sets theirs)");
        IReadOnlyList<string> classes = context.Classes.Count > 0 ? context.Classes : model.Classes;
        if (model.Classes.Count != student.Classes || !model.Classes.Order(StringComparer.Ordinal).SequenceEqual(classes.Order(StringComparer.Ordinal)))
            throw new ArgumentException($"distil: the teacher {folder} tells {Names(model.Classes)} apart, and this run {Names(classes)}; they must be the same classes");
        ClassifierNetwork teacher = network.Copy();
        Reorder(teacher.Head, [.. classes.Select(name => (long)model.Classes.ToList().IndexOf(name))]);
        return teacher;
    }

    private static void Reorder(Linear head, long[] order)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor rows = Tensor.From(order);
        head.LoadState(head.NamedState().ToDictionary(static pair => pair.Key, pair => pair.Value.IndexSelect(0, rows)));
    }

    private static string Shape(IReadOnlyList<long> shape) => shape.Count == 1 ? $"{shape[0]} features" : string.Join('×', shape);

    private static string Names(IReadOnlyList<string> classes) =>
        $"{classes.Count} classes ({string.Join(", ", classes.Take(5))}{(classes.Count > 5 ? ", …" : string.Empty)})";
}
