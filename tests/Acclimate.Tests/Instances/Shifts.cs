using System.Globalization;
using Acclimate.Features;
using Acclimate.Generated;
using Acclimate.Torch;

namespace Acclimate.Tests.Instances;

/// <summary>A generated covariate shift as methods take it, in the open scope.</summary>
internal static class Shifts
{
    public static FeatureData Data(CovariateShift shift) => new(shift.Source.Samples(), shift.Source.Labels, 2, shift.Target.Samples());

    /// <summary>A tensor's numbers for Python.</summary>
    public static string Written(Tensor tensor) => string.Join(',', tensor.ToArray<double>().Select(static x => x.ToString("R", CultureInfo.InvariantCulture)));
}
