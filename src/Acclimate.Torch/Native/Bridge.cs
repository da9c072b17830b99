using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Acclimate.Torch.Native;

/// <summary>The functions of <c>native/torch/bridge.cpp</c>, one for one.</summary>
internal static unsafe partial class Bridge
{
    private const string Library = NativeLibraries.Torch;

    [LibraryImport(Library)]
    internal static partial int ac_operator_find(byte* name, byte* overload, long* op, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_operator_schema(long op, byte** text, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_operator_call(long op, NativeValue* arguments, int argumentCount, NativeValue* results, int* resultCount, byte** error);

    [LibraryImport(Library)]
    internal static partial void ac_tensor_free(nint handle);

    [LibraryImport(Library)]
    internal static partial long ac_tensor_live_handles();

    [LibraryImport(Library)]
    internal static partial int ac_tensor_facts(TensorHandle handle, long* facts, long* sizes, int room, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_tensor_grad(TensorHandle handle, long* grad, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_tensor_set_grad(TensorHandle handle, TensorHandle grad, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_tensor_scale_gradient(TensorHandle handle, double factor, long* scaled, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_gradients(
        long* outputs, long* outputGradients, int outputCount, long* inputs, int inputCount, int createGraph, long* gradients, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_grad_mode(int enabled);

    [LibraryImport(Library)]
    internal static partial int ac_autocast(int deviceType, int type);

    [LibraryImport(Library)]
    internal static partial int ac_generator_new(long device, long seed, long* generator, byte** error);

    [LibraryImport(Library)]
    internal static partial void ac_generator_free(nint generator);

    [LibraryImport(Library)]
    internal static partial int ac_engine_start(byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_threads_set(int count, byte** error);

    [LibraryImport(Library)]
    internal static partial int ac_threads();

    [LibraryImport(Library)]
    internal static partial int ac_device_count(int type);

    [LibraryImport(Library)]
    internal static partial int ac_engine_version(byte** text, byte** error);

    [LibraryImport(Library)]
    internal static partial void ac_memory_free(void* memory);

    /// <summary>Turns a status other than 0 into an exception with libtorch's own message.</summary>
    internal static void Check(int status, byte* error)
    {
        if (status != 0)
            Throw(error);
    }

    private static void Throw(byte* error) => throw new TorchException(TakeText(error));

    /// <summary>Reads a text that the bridge allocated, and frees it.</summary>
    internal static string TakeText(byte* text)
    {
        if (text is null)
            return "libtorch failed and gave no message";
        try
        {
            return Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;
        }
        finally
        {
            ac_memory_free(text);
        }
    }
}
