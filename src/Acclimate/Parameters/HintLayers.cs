using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>
/// Learnt layers from a student's stages to its teacher's, by which their outputs are compared: 1×1 convolutions, or linear
/// layers for rows, as FitNets' regressors.
/// </summary>
internal sealed class HintLayers : Module
{
    private readonly List<(string Student, string Teacher, Module Layer)> hints = [];

    /// <summary>Whether there are any.</summary>
    public bool Any => hints.Count > 0;

    /// <summary>Makes the layers, with first values of the run's.</summary>
    /// <param name="pairs">Names of stages that both have, or student=teacher.</param>
    /// <param name="context">The run.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="example">What it computes for a batch, where that is known.</param>
    /// <exception cref="ArgumentException">A stage is not there, or the two outputs differ in more than their channels.</exception>
    public void Build(IReadOnlyList<string> pairs, FitContext context, ClassifierNetwork teacher, Activations? example)
    {
        if (pairs.Count == 0)
            return;
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        teacher.Eval();
        Activations theirs = example ?? teacher.Activate(Tensor.Zeros([1, .. teacher.Spec.InputShape]));
        foreach (string pair in pairs)
        {
            string[] names = pair.Split('=');
            (string ours, string other) = (names[0], names[^1]);
            RequireStage("network", context.Network.Backbone, ours);
            RequireStage("teacher", teacher.Backbone, other);
            long[] from = context.Example[ours].Shape, to = theirs[other].Shape;
            if (from.Length != to.Length || from.Length is not (2 or 4) || !from.AsSpan(2).SequenceEqual(to.AsSpan(2)))
                throw new ArgumentException($"distil: the hint {pair} compares {Shape(from)} of the network with {Shape(to)} of the teacher; they may differ in their channels only");
            Module layer = from.Length == 4 ? new Conv2d((int)from[1], (int)to[1], 1, context.Generator) : new Linear(from[1], to[1], context.Generator);
            hints.Add((ours, other, Add($"hint{hints.Count}", layer)));
        }
    }

    public override Tensor Forward(Tensor input) => throw new NotSupportedException("hints compare two networks");

    /// <summary>The mean square of what is between each pair of outputs, summed over the pairs.</summary>
    public Tensor Distance(Activations student, Activations teacher) => hints
        .Select(hint => Functional.MseLoss(hint.Layer.Forward(student[hint.Student]), teacher[hint.Teacher]))
        .Aggregate(static (sum, next) => sum + next);

    private static void RequireStage(string whose, Backbone backbone, string name)
    {
        if (!backbone.Stages.Contains(name))
            throw new ArgumentException($"distil: the {whose} has no stage '{name}' for a hint; its stages are {string.Join(", ", backbone.Stages)}");
    }

    private static string Shape(long[] shape) => string.Join('×', shape.Skip(1));
}
