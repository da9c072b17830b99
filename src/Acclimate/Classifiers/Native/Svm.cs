using System.Runtime.InteropServices;
using Acclimate.Data.Native;
using Acclimate.Torch;

namespace Acclimate.Classifiers.Native;

/// <summary>The functions of <c>native/svm/svm.cpp</c>: libsvm's and liblinear's training.</summary>
internal static unsafe partial class Svm
{
    private const string Library = "acclimate_svm";

    /// <summary>
    /// Machines that libsvm trained, one for each pair of classes i &lt; j: f(x) = Σₖ k(x, xₖ) A[k, pair] + b[pair], above 0
    /// where x is rather of class i. Pairs go (0, 1), (0, 2), … (1, 2), ….
    /// </summary>
    /// <param name="Coefficients">A: [n, pairs], rows in the order of the training samples; 0 where one is no support vector.</param>
    /// <param name="Offset">b: [1, pairs].</param>
    /// <param name="Support">The rows of the support vectors, ascending.</param>
    internal sealed record Pairs(Tensor Coefficients, Tensor Offset, int[] Support);

    /// <summary>Trains libsvm's C-SVM, one machine for each pair of classes.</summary>
    /// <param name="samples">[n, d], float64; the kernel matrix [n, n] where the kernel is precomputed.</param>
    /// <param name="labels">Classes from 0 without gaps.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="gamma">γ of the Gaussian kernel.</param>
    /// <param name="c">C.</param>
    /// <param name="weights">What each class's C is multiplied by.</param>
    /// <param name="tolerance">How far from the optimality conditions it may stop.</param>
    /// <exception cref="ArgumentException">libsvm refuses a parameter.</exception>
    public static Pairs Train(Tensor samples, int[] labels, SvmKernel kernel, double gamma, double c, double[] weights, double tolerance)
    {
        using TensorScope scope = TensorScope.Begin();

        // libsvm numbers classes as they come: sorted, their order and so its ties don't depend on the order of the samples.
        int[] order = [.. Enumerable.Range(0, labels.Length).OrderBy(i => labels[i])];
        int[] sortedLabels = [.. order.Select(i => labels[i])];
        using Tensor picks = Tensor.From<long>([.. order.Select(static i => (long)i)]);
        Tensor sorted = samples.IndexSelect(0, picks);
        if (kernel == SvmKernel.Precomputed)
            sorted = sorted.IndexSelect(1, picks);
        sorted = sorted.Contiguous();

        long model = 0;
        int support = 0, present = 0;
        byte* error = null;
        fixed (byte* data = sorted.Bytes)
        fixed (int* y = sortedLabels)
        fixed (double* w = weights)
        {
            int status = as_train(
                (double*)data, sorted.Size(0), sorted.Size(1), y, (int)kernel, gamma, c, tolerance, w, weights.Length, &model, &support, &present, &error);
            Check(status, error);
        }

        int pairs = present * (present - 1) / 2;
        int[] names = new int[present], counts = new int[present], rows = new int[support];
        double[] alphas = new double[(present - 1) * support], rho = new double[pairs];
        try
        {
            fixed (int* n = names, k = counts, r = rows)
            fixed (double* a = alphas, b = rho)
                as_read(model, n, k, r, a, b);
        }
        finally
        {
            as_free(model);
        }

        // libsvm's layout: row j − 1 holds class i's coefficients against class j, row i class j's against i.
        double[] coefficients = new double[labels.Length * pairs];
        int[] start = new int[present + 1];
        for (int i = 0; i < present; i++)
            start[i + 1] = start[i] + counts[i];
        int pair = 0;
        for (int i = 0; i < present; i++)
        {
            for (int j = i + 1; j < present; j++, pair++)
            {
                for (int k = start[i]; k < start[i + 1]; k++)
                    coefficients[(order[rows[k]] * pairs) + pair] = alphas[((j - 1) * support) + k];
                for (int k = start[j]; k < start[j + 1]; k++)
                    coefficients[(order[rows[k]] * pairs) + pair] = alphas[(i * support) + k];
            }
        }

        return new Pairs(
            scope.Keep(Tensor.From(coefficients, labels.Length, pairs)),
            scope.Keep(Tensor.From([.. rho.Select(static r => -r)], 1, pairs)),
            [.. rows.Select(r => order[r]).Order()]);
    }

    /// <summary>Trains liblinear's machines, each class against the rest, with a constant 1 as one more feature.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">Classes from 0 without gaps, at least two.</param>
    /// <param name="solver">liblinear's number of the problem and the algorithm.</param>
    /// <param name="c">C.</param>
    /// <param name="weights">What each class's C is multiplied by.</param>
    /// <param name="tolerance">liblinear's stopping tolerance.</param>
    /// <returns>[d + 1, C]; for two classes both columns are of the one machine, with opposite signs.</returns>
    /// <exception cref="ArgumentException">liblinear refuses a parameter.</exception>
    public static Tensor TrainLinear(Tensor samples, int[] labels, int solver, double c, double[] weights, double tolerance)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = samples.Contiguous();
        int classes = weights.Length;
        long columns = classes == 2 ? 1 : classes;
        double[] found = new double[(samples.Size(1) + 1) * columns];
        int[] order = new int[classes];
        byte* error = null;
        fixed (byte* data = rows.Bytes)
        fixed (int* y = labels, o = order)
        fixed (double* w = weights, f = found)
            Check(as_train_linear((double*)data, rows.Size(0), rows.Size(1), y, solver, c, tolerance, w, classes, f, o, &error), error);
        Tensor machines = Tensor.From(found, samples.Size(1) + 1, columns);
        if (classes == 2)
            machines = Tensor.Concatenate([machines, -machines], 1);
        long[] place = new long[classes];
        for (int i = 0; i < classes; i++)
            place[order[i]] = i;
        return scope.Keep(machines.IndexSelect(1, Tensor.From(place)));
    }

    private static void Check(int status, byte* error)
    {
        if (status != 0)
            throw new ArgumentException($"the support vector machine can't be trained: {NativeParts.TakeText(error, &as_memory_free)}");
    }

    [LibraryImport(Library)]
    private static partial int as_train(
        double* samples, long n, long d, int* labels, int kernel, double gamma, double c, double tolerance, double* weights, int classes,
        long* model, int* support, int* present, byte** error);

    [LibraryImport(Library)]
    private static partial void as_read(long model, int* labels, int* counts, int* rows, double* coefficients, double* rho);

    [LibraryImport(Library)]
    private static partial void as_free(long model);

    [LibraryImport(Library)]
    private static partial int as_train_linear(
        double* samples, long n, long d, int* labels, int solver, double c, double tolerance, double* weights, int classes, double* w, int* order,
        byte** error);

    [LibraryImport(Library)]
    private static partial void as_memory_free(void* memory);
}
