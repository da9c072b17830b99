using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

/// <summary>Small matrices as Python reads them, to the bit; and what Python printed.</summary>
internal static class PythonArrays
{
    public static string Of(Tensor matrix) =>
        $"np.array([{string.Join(",", matrix.ToArray<double>().Select(Text))}]).reshape({string.Join(",", matrix.Shape)})";

    public static string Of(IEnumerable<int> numbers) => $"np.array([{string.Join(",", numbers)}])";

    public static double[] Read(string printed) =>
        [.. printed.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(static word => double.Parse(word, CultureInfo.InvariantCulture))];

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
