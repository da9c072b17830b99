using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acclimate.Torch.Native;

[assembly: DisableRuntimeMarshalling]

namespace Acclimate.Data.Native;

/// <summary>Lets this assembly's P/Invokes find the native parts, and reads what these hand back.</summary>
internal static unsafe class NativeParts
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The resolver must stand before the first P/Invoke of this assembly.")]
    internal static void ResolveOwn() => NativeLibraries.Resolve(typeof(NativeParts).Assembly);

    /// <summary>Reads a text that a native part allocated, and frees it.</summary>
    internal static string TakeText(byte* text, delegate*<void*, void> free)
    {
        if (text is null)
            return "no reason was given";
        try
        {
            return Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;
        }
        finally
        {
            free(text);
        }
    }
}
