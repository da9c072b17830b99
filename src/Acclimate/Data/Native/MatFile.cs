using System.Runtime.InteropServices;
using Acclimate.Torch;

namespace Acclimate.Data.Native;

/// <summary>A MAT file that is open: the functions of <c>native/mat/mat.cpp</c>.</summary>
internal sealed unsafe partial class MatFile : IDisposable
{
    private const string Library = "acclimate_mat";
    private const int MostDimensions = 8;

    private readonly string path;
    private long native;

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataException">It is no MAT file.</exception>
    public MatFile(string path)
    {
        this.path = path;
        long opened = 0;
        byte* error = null;
        nint text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            Check(am_open((byte*)text, &opened, &error), error, path);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }

        native = opened;
    }

    /// <summary>One variable of the file.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Shape">The size of each dimension; empty where it holds no real numbers.</param>
    /// <param name="IsSparse">Whether most of its elements are zeros that are not stored.</param>
    internal sealed record Variable(string Name, long[] Shape, bool IsSparse);

    /// <summary>The variables from here to the end of the file.</summary>
    public List<Variable> List()
    {
        List<Variable> variables = [];
        long* sizes = stackalloc long[MostDimensions];
        while (true)
        {
            byte* name = null;
            byte* error = null;
            int kind = 0;
            int rank = MostDimensions;
            Check(am_next(native, &name, &kind, sizes, &rank, &error), error, path);
            if (name is null)
                return variables;
            variables.Add(new Variable(NativeParts.TakeText(name, &am_memory_free), new Span<long>(sizes, rank).ToArray(), kind == 2));
        }
    }

    /// <summary>Reads a variable of real numbers as float64, row by row.</summary>
    public Tensor Read(Variable variable)
    {
        using TensorScope scope = TensorScope.Begin();
        long[] stored = [.. variable.Shape.Reverse()];
        Tensor tensor = Tensor.Empty(stored, ScalarType.Float64);
        using Tensor first = tensor.Reshape(-1).Slice(0, 0, 1);
        byte* error = null;
        nint text = Marshal.StringToCoTaskMemUTF8(variable.Name);
        try
        {
            fixed (byte* memory = first.Bytes)
                Check(am_read(native, (byte*)text, (double*)memory, tensor.Count, &error), error, $"{path}, {variable.Name}");
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }

        return scope.Keep(tensor.Permute([.. Enumerable.Range(0, stored.Length).Select(i => (long)(stored.Length - 1 - i))]).Contiguous());
    }

    public void Dispose()
    {
        if (native != 0)
            am_close(native);
        native = 0;
    }

    private static void Check(int status, byte* error, string what)
    {
        if (status != 0)
            throw new DataException($"{what}: {NativeParts.TakeText(error, &am_memory_free)}");
    }

    [LibraryImport(Library)]
    private static partial int am_open(byte* path, long* file, byte** error);

    [LibraryImport(Library)]
    private static partial void am_close(long file);

    [LibraryImport(Library)]
    private static partial int am_next(long file, byte** name, int* kind, long* sizes, int* rank, byte** error);

    [LibraryImport(Library)]
    private static partial int am_read(long file, byte* name, double* destination, long count, byte** error);

    [LibraryImport(Library)]
    private static partial void am_memory_free(void* memory);
}
