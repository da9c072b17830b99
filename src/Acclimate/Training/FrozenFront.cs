using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Training;

/// <summary>
/// The first stages of a network where they stay as they are: computed once for each sample, after which the rest is
/// trained on what they gave. While it lives, the network runs from the first stage that learns.
/// </summary>
internal sealed class FrozenFront : IDisposable
{
    private const int Together = 64;
    private const long MemoryLimit = 2L << 30;

    /// <summary>What the files of the cache folder may take together before the longest unused go.</summary>
    private const long FolderLimit = 20L << 30;

    private readonly ClassifierNetwork network;
    private readonly int stages;
    private readonly Preprocessing preprocessing;
    private readonly TrainerOptions options;
    private readonly Action<double>? progress;
    private readonly CancellationToken cancellation;
    private readonly List<(Domain From, Domain Made)> made = [];

    private FrozenFront(ClassifierNetwork network, int stages, Preprocessing preprocessing, TrainerOptions options, Action<double>? progress, CancellationToken cancellation)
    {
        this.network = network;
        this.stages = stages;
        this.preprocessing = preprocessing;
        this.options = options;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /// <summary>The cache folder: <c>ACCLIMATE_FRONTS</c>, else <c>fronts</c> in Acclimate's.</summary>
    private static string Folder => Environment.GetEnvironmentVariable("ACCLIMATE_FRONTS") is { Length: > 0 } given ? given : Path.Combine(NativeLibraries.Cache, "fronts");

    /// <summary>
    /// The front that a run can spare itself; none where no stage stays frozen throughout, where samples come out differently each time, where
    /// the method works on the samples themselves, or where it is not wanted.
    /// </summary>
    public static FrozenFront? Of(
        ClassifierNetwork network, Objective objective, Preprocessing preprocessing, TrainerOptions options, Action<double>? progress, CancellationToken cancellation)
    {
        int stages = options.FineTuning.FrozenFront(network.Backbone);
        return stages == 0 || options.Cache == FrontCache.Off || objective.NeedsInputs || preprocessing.Steps.Any(static step => step.IsRandom)
            ? null
            : new FrozenFront(network, stages, preprocessing, options, progress, cancellation);
    }

    /// <summary>What the front makes of a domain's samples, with its labels; the front owns it.</summary>
    public Domain Through(Domain domain)
    {
        int known = made.FindIndex(pair => pair.From.SameSamples(domain));
        Domain through = known < 0 ? domain.With(Compute(domain)) : domain.Labels is { } labels ? made[known].Made.WithLabels(labels) : made[known].Made.Unlabelled();
        made.Add((domain, through));
        return through;
    }

    /// <summary>From here on the network takes what the front gave.</summary>
    public void Begin() => network.FirstStage = stages;

    /// <summary>From here on the network takes samples again.</summary>
    public void End() => network.FirstStage = 0;

    public void Dispose()
    {
        End();
        foreach ((_, Domain domain) in made)
            domain.Dispose();
    }

    private ISamples Compute(Domain domain)
    {
        long[] shape = ShapeOf(domain);
        long bytes = RecordFileSamples.BytesOf(shape) * domain.Count;
        if (options.Cache == FrontCache.Memory || (options.Cache == FrontCache.Auto && bytes <= MemoryLimit))
            return new TensorSamples(InMemory(domain, shape));
        string file = Path.Combine(Folder, $"{KeyOf(domain)}.f32");
        if (File.Exists(file))
            File.SetLastAccessTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime);
        else
            OnDisk(domain, file, bytes);
        return new RecordFileSamples(file, domain.Count, shape);
    }

    private Tensor InMemory(Domain domain, long[] shape)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor all = Tensor.Empty([domain.Count, .. shape]);
        ForEachBatch(domain, (start, outputs) =>
        {
            using Tensor place = all.Slice(0, start, start + outputs.Size(0));
            place.CopyInPlace(outputs);
        });
        return scope.Keep(all);
    }

    private void OnDisk(Domain domain, string file, long bytes)
    {
        Directory.CreateDirectory(Folder);
        MakeRoom(bytes);
        AtomicFile.Write(file, stream => ForEachBatch(domain, (_, outputs) =>
        {
            using Tensor packed = outputs.Contiguous();
            stream.Write(packed.Bytes);
        }));
    }

    /// <summary>Deletes the files that were used longest ago, until there is room within the folder's limit.</summary>
    private static void MakeRoom(long bytes)
    {
        FileInfo[] files = [.. new DirectoryInfo(Folder).GetFiles("*.f32").OrderBy(static file => file.LastAccessTimeUtc)];
        long held = files.Sum(static file => file.Length);
        foreach (FileInfo file in files)
        {
            if (held + bytes <= FolderLimit)
                return;
            held -= file.Length;
            file.Delete();
        }
    }

    private void ForEachBatch(Domain domain, Action<long, Tensor> use)
    {
        long start = 0;
        progress?.Invoke(0);
        foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, Together, cancellation))
        {
            using (batch)
            {
                using TensorScope scope = TensorScope.Begin();
                use(start, Run(batch.Inputs));
                start += batch.Inputs.Size(0);
            }

            progress?.Invoke((double)start / domain.Count);
        }
    }

    private long[] ShapeOf(Domain domain)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain first = domain.Take([0]);
        using Batch one = BatchLoader.InOrder(first, preprocessing, 1, cancellation).First();
        return Run(one.Inputs).Shape[1..];
    }

    /// <summary>In float32: what a bf16 region gives is held exactly.</summary>
    private Tensor Run(Tensor inputs)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using Autocast half = Autocast.Begin(options.Precision);
        return network.Backbone.Outputs(inputs, [network.Backbone.Stages.ElementAt(stages - 1)])[0].To(ScalarType.Float32);
    }

    /// <summary>What decides the file's contents: the front's weights, what is done to samples, and the samples.</summary>
    private string KeyOf(Domain domain)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Text(string.Create(CultureInfo.InvariantCulture, $"{AcclimateVersion.Text} {Engine.Version} {network.Spec.Backbone} {stages} {options.Precision} {preprocessing.ToJson()}"));
        foreach ((string name, Tensor tensor) in network.Backbone.NamedState().Where(pair => network.Backbone.StageOf(pair.Key) < stages))
        {
            Text(name);
            hash.AppendData(tensor.Contiguous().Bytes);
        }

        domain.Identify(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Text(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
