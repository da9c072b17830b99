using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>A task that is learnt beside the source's, as an objective sees it before the first step.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Classes">How many classes it tells apart.</param>
public readonly record struct TaskInfo(string Name, int Classes);

/// <summary>A further task's batch of a step.</summary>
/// <param name="Inputs">The samples.</param>
/// <param name="Labels">Their classes: whole numbers, one a sample.</param>
public readonly record struct TaskBatch(Tensor Inputs, Tensor Labels);

/// <summary>An objective that learns further tasks, each with labelled samples and classes of its own, beside the source's.</summary>
public interface ILearnsTasks
{
    /// <summary>A further task's network, once training is over: the caller owns it.</summary>
    /// <param name="task">Which, from 0.</param>
    /// <exception cref="InvalidOperationException">Training is not over.</exception>
    ClassifierNetwork NetworkOf(int task);
}
