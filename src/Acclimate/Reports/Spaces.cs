using Acclimate.Selection;

namespace Acclimate.Reports;

/// <summary>Places in the plane: the source's samples, then the target's.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Up.</param>
internal sealed record Points(double[] X, double[] Y);

/// <summary>What a classifier sees of both domains, at one time.</summary>
/// <param name="What">What it is, in words, such as <c>the network's features</c>.</param>
/// <param name="Dimensions">How many numbers a sample has there.</param>
/// <param name="Plane">The samples on the plane of their first two principal components.</param>
/// <param name="Neighbours">The samples by t-SNE.</param>
/// <param name="Shift">How far the domains are apart there.</param>
internal sealed record Space(string What, int Dimensions, Points Plane, Points Neighbours, DomainShift Shift);

/// <summary>Some samples of both domains before and after adaptation.</summary>
/// <param name="SourceClasses">The class of each source sample.</param>
/// <param name="TargetClasses">The class of each target sample.</param>
/// <param name="TargetIsKnown">Whether the target's classes are labels, kept for scoring; else they are what the model says.</param>
/// <param name="Before">As the method was given them.</param>
/// <param name="After">As the model's classifier sees them; none where that is the same.</param>
internal sealed record Spaces(int[] SourceClasses, int[] TargetClasses, bool TargetIsKnown, Space Before, Space? After);
