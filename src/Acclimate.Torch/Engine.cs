using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>The running libtorch: its version, its threads, its devices and the count of live tensors.</summary>
public static unsafe class Engine
{
    private static readonly Lock Gate = new();
    private static volatile bool started;

    /// <summary>libtorch's version, as <c>1.13.1</c>.</summary>
    public static string Version => Description.Split('\n')[0];

    /// <summary>libtorch's version and, on the lines after it, how it was built.</summary>
    public static string Description
    {
        get
        {
            Start();
            byte* text = null;
            byte* error = null;
            Bridge.Check(Bridge.ac_engine_version(&text, &error), error);
            return Bridge.TakeText(text).TrimEnd();
        }
    }

    /// <summary>The folder of the libtorch that runs.</summary>
    public static string Location
    {
        get
        {
            Start();
            return NativeLibraries.TorchLocation ?? "unknown";
        }
    }

    /// <summary>Whether the processor multiplies bfloat16 numbers in hardware, so that computing in them is faster than in float32.</summary>
    public static bool HasBfloat16 { get; } = FindsBfloat16();

    /// <summary>
    /// Threads that one operator may use. Starts at the number of processors available, or at
    /// <c>ACCLIMATE_THREADS</c>. Results are the same bits for the same number of threads.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public static int Threads
    {
        get
        {
            Start();
            return Bridge.ac_threads();
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Start();
            SetThreads(value);
        }
    }

    /// <summary>Tensors that were handed out and not yet freed, in the whole process.</summary>
    public static long LiveTensors
    {
        get
        {
            Start();
            return Bridge.ac_tensor_live_handles();
        }
    }

    /// <summary>How many CUDA cards can be used; 0 where libtorch was built without CUDA.</summary>
    public static int CudaDevices
    {
        get
        {
            Start();
            return Bridge.ac_device_count(Device.Cuda().Type);
        }
    }

    /// <summary>Starts the engine, once; everything that needs it calls this by itself.</summary>
    /// <exception cref="EngineNotFoundException">No libtorch was found, or the bridge could not be built.</exception>
    public static void Start()
    {
        if (started)
            return;
        lock (Gate)
        {
            if (started)
                return;
            NativeLibraries.Load(NativeLibraries.Torch);
            byte* error = null;
            Bridge.Check(Bridge.ac_engine_start(&error), error);
            SetThreads(NativeLibraries.ThreadsWanted());
            started = true;
        }
    }

    private static void SetThreads(int count)
    {
        byte* error = null;
        Bridge.Check(Bridge.ac_threads_set(count, &error), error);
    }

    private static bool FindsBfloat16()
    {
        const string Processor = "/proc/cpuinfo";
        return File.Exists(Processor) && File.ReadLines(Processor)
            .Where(static line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
            .Take(1)
            .Any(static line => line.Split(' ').Any(static flag => flag is "amx_bf16" or "avx512_bf16" or "bf16"));
    }
}
