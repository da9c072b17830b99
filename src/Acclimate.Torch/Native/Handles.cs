using System.Runtime.InteropServices;

namespace Acclimate.Torch.Native;

/// <summary>Owns one reference to a native tensor. The finalizer is only a net: scopes and <c>Dispose</c> free in time.</summary>
internal sealed class TensorHandle : SafeHandle
{
    /// <summary>Stands for "no tensor" where the bridge takes an optional one.</summary>
    internal static readonly TensorHandle None = new();

    public TensorHandle()
        : base(0, ownsHandle: true)
    {
    }

    internal TensorHandle(long native)
        : base(0, ownsHandle: true) => SetHandle((nint)native);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Bridge.ac_tensor_free(handle);
        return true;
    }
}

/// <summary>Owns a native random generator.</summary>
internal sealed class GeneratorHandle : SafeHandle
{
    public GeneratorHandle()
        : base(0, ownsHandle: true)
    {
    }

    internal GeneratorHandle(long native)
        : base(0, ownsHandle: true) => SetHandle((nint)native);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Bridge.ac_generator_free(handle);
        return true;
    }
}
