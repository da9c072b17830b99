using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Acclimate.Data.Readers;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>
/// Samples that were drawn in one circumstance, with their labels where these are known. A domain owns its samples:
/// dispose it. Views (<see cref="Unlabelled"/>, <see cref="Take"/>) share them and are disposed on their own.
/// </summary>
public sealed class Domain : IDisposable
{
    private readonly SharedSamples shared;

    /// <summary>Which of the shared samples this domain shows; all of them where it is null.</summary>
    private readonly int[]? rows;

    private bool disposed;

    internal Domain(string name, ISamples samples, Labels? labels, string provenance)
        : this(name, new SharedSamples(samples), null, labels, provenance)
    {
    }

    private Domain(string name, SharedSamples shared, int[]? rows, Labels? labels, string provenance)
    {
        this.shared = shared;
        this.rows = rows;
        Name = name;
        Provenance = provenance;
        Labels = labels;
        Count = rows?.Length ?? shared.Samples.Count;
        SampleShape = shared.Samples.Shape;
        if (labels is not null && labels.Count != Count)
            throw new DataException($"{name}: {labels.Count} labels, but {Count} samples; each sample needs one");
    }

    /// <summary>What to call the domain: its file's or folder's name.</summary>
    public string Name { get; }

    /// <summary>The source string that it was opened from.</summary>
    public string Provenance { get; }

    /// <summary>How many samples there are; at least one.</summary>
    public int Count { get; }

    /// <summary>The shape of a sample: channels × height × width, or features; −1 where images differ in that size.</summary>
    public IReadOnlyList<long> SampleShape { get; }

    /// <summary>The classes and the class of each sample; null where the domain has no labels to look at.</summary>
    public Labels? Labels { get; }

    /// <summary>Whether the samples' classes are known.</summary>
    public bool IsLabelled => Labels is not null;

    /// <summary>The features' names in order, where the file has them.</summary>
    public IReadOnlyList<string>? FeatureNames { get; internal init; }

    /// <summary>How the columns of the table became features; null where the domain comes from something else.</summary>
    public TableEncoder? Encoder { get; internal init; }

    /// <summary>Which words of the texts became features; null where the domain comes from something else.</summary>
    public Vocabulary? Vocabulary { get; internal init; }

    /// <summary>Which domain each sample came from, by its source string, where this one was made by <see cref="Merge"/>; null where not.</summary>
    public Labels? Origins { get; internal init; }

    /// <summary>How many files were passed over because they are no images.</summary>
    public int Skipped { get; internal init; }

    /// <summary>How many cells of the table hold a category that the encoder has not seen: they count as none of them.</summary>
    public int UnseenCategories { get; internal init; }

    /// <summary>The preprocessing that has been done to the samples already; see <see cref="Prepare"/>.</summary>
    public Preprocessing Applied { get; internal init; } = Preprocessing.None;

    /// <summary>Opens whatever a source string names: a folder of images, IDX, MAT, NPZ, NPY, LIBSVM, CSV, TSV or JSON lines.</summary>
    /// <param name="source">
    /// <c>path</c> or <c>path?key=value&amp;key=value</c>; what keys there are depends on the format. Every format takes
    /// <c>classes=a,b</c> (these classes alone), <c>take=5</c> (five samples of each class, drawn at random) or <c>leave=5</c>
    /// (all but these), and <c>draw=0</c> (another draw for another number); pictures take <c>corrupt=fog:3</c> (<see cref="Corruptions.Corruption"/>).
    /// </param>
    /// <param name="options">How to read; the defaults where it is left out.</param>
    /// <exception cref="DataException">Nothing is there, the format is not known, or the data can't be used.</exception>
    public static Domain Open(string source, DomainOptions? options = null) => DomainReaders.Open(source, options ?? new DomainOptions());

    /// <summary>A folder of images: a folder a class, or a flat folder without labels.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How to read; the defaults where it is left out.</param>
    /// <exception cref="DataException">There is no such folder, a class is empty, or an image can't be read.</exception>
    public static Domain FromImageFolder(string path, DomainOptions? options = null) =>
        DomainReaders.Open(SourceString.OfPath(path), options ?? new DomainOptions(), new ImageFolderReader());

    /// <summary>Samples that are in memory.</summary>
    /// <param name="name">What to call the domain.</param>
    /// <param name="samples">uint8 or float32, the samples along the first dimension; the domain owns it from here on.</param>
    /// <param name="labels">One a sample, where they are known.</param>
    /// <exception cref="ArgumentException">The tensor has another type, fewer than two dimensions or no sample.</exception>
    /// <exception cref="DataException">There are more or fewer labels than samples.</exception>
    public static Domain FromTensor(string name, Tensor samples, Labels? labels = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(samples);
        return new Domain(name, new TensorSamples(samples), labels, name);
    }

    /// <summary>Samples that something else was made of, with the labels that belong to them.</summary>
    internal Domain With(ISamples samples) => new(Name, samples, Labels, Provenance);

    /// <summary>
    /// Several data sets as one: all their samples, one data set after another, their classes united by name. Pictures may
    /// differ in size, until a preprocessing brings them to one; texts get one vocabulary.
    /// </summary>
    /// <param name="domains">Two or more, of one kind of samples, all with labels or all without; they stay their owners'.</param>
    /// <param name="balanced">
    /// Whether smaller data sets count as much as the largest: their samples are taken again and again until they are as
    /// many. Default false: as they are.
    /// </param>
    /// <exception cref="ArgumentException">There are fewer than two, or they were prepared differently.</exception>
    /// <exception cref="DataException">They don't fit together: features, channels, labels; or one is named twice. The message names both.</exception>
    public static Domain Merge(IReadOnlyList<Domain> domains, bool balanced = false) => DomainMerge.Of(domains, balanced);

    /// <summary>The same samples without their labels.</summary>
    public Domain Unlabelled() => View(rows, null, Origins);

    /// <summary>The same samples with other labels, such as the target's recoded on the source's classes.</summary>
    /// <param name="labels">One a sample.</param>
    /// <exception cref="DataException">There are more or fewer labels than samples.</exception>
    public Domain WithLabels(Labels labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return View(rows, labels, Origins);
    }

    /// <summary>Some of the samples, in the order given.</summary>
    /// <param name="samples">Which, from 0; at least one.</param>
    /// <exception cref="ArgumentException">There is none, or there is no such sample.</exception>
    public Domain Take(ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty)
            throw new ArgumentException("a domain needs at least one sample", nameof(samples));
        return View(Rows(samples), Labels?.Take(samples), Origins?.Take(samples));
    }

    /// <summary>Reads some samples as they are stored: uint8 or float32, the samples along the first dimension.</summary>
    /// <param name="samples">Which, from 0.</param>
    /// <exception cref="ArgumentException">There is no such sample.</exception>
    /// <exception cref="DataException">A file can't be read, or images of different sizes were asked for together.</exception>
    public Tensor Read(ReadOnlySpan<int> samples)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return shared.Samples.Read(Rows(samples));
    }

    /// <summary>What to call a sample in a message: its file, or its number.</summary>
    /// <param name="sample">Which, from 0.</param>
    public string Describe(int sample) => shared.Samples.Describe(Rows([sample])[0]);

    /// <summary>
    /// Does the costly part of the preprocessing that is the same for each pass once, and keeps the result in memory,
    /// where it fits; else the samples stay where they are and every batch does that part anew. Either way a
    /// <see cref="BatchLoader"/> gives the same batches.
    /// </summary>
    /// <param name="preprocessing">What the batches will need.</param>
    /// <param name="progress">Told the part done, from 0 to 1.</param>
    /// <param name="memoryLimit">How many bytes the result may take; 1 GiB unless told.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A domain of its own, to be disposed beside this one.</returns>
    /// <exception cref="DataException">An image can't be read, or the samples don't have one shape afterwards.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Domain Prepare(
        Preprocessing preprocessing, IProgress<double>? progress = null, long memoryLimit = 1L << 30, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Preprocessing costly = preprocessing.After(Applied).CostlyPrefix();
        bool inMemory = shared.Samples is TensorSamples;
        if ((inMemory && costly.Steps.Count == 0) || SampleLoader.BytesOfOne(this, costly) * Count > memoryLimit)
            return View(rows, Labels, Origins);
        TensorSamples done = new(SampleLoader.LoadAll(this, costly, progress, cancellation));
        return new Domain(Name, new SharedSamples(done), null, Labels, Provenance)
        {
            FeatureNames = FeatureNames,
            Encoder = Encoder,
            Vocabulary = Vocabulary,
            Origins = Origins,
            Skipped = Skipped,
            UnseenCategories = UnseenCategories,
            Applied = new Preprocessing([.. Applied.Steps, .. costly.Steps]),
        };
    }

    /// <summary>The texts of a domain of texts, read from their files; null for any other.</summary>
    internal IEnumerable<string>? Texts =>
        shared.Samples is not TextSamples samples ? null : rows is null ? samples.Texts : rows.Select(row => samples.Texts[row]);

    /// <summary>Samples that can be read together, as positions in the list: each alone where their shapes may differ.</summary>
    internal int[][] OfOneShape(ReadOnlySpan<int> samples) =>
        shared.Samples is MergedSamples merged ? merged.OfOneShape(Rows(samples)) : [.. Enumerable.Range(0, samples.Length).Select(static at => (int[])[at])];

    /// <summary>All texts of a domain of texts, by another vocabulary.</summary>
    internal Domain WithVocabulary(Vocabulary vocabulary) =>
        new(Name, new SharedSamples(((TextSamples)shared.Samples).With(vocabulary)), rows, Labels, Provenance) { Vocabulary = vocabulary, FeatureNames = vocabulary.Words, Origins = Origins };

    /// <summary>Whether another domain shows the same samples in the same order.</summary>
    internal bool SameSamples(Domain other) =>
        ReferenceEquals(shared, other.shared) && (ReferenceEquals(rows, other.rows) || (rows is not null && other.rows is not null && rows.AsSpan().SequenceEqual(other.rows)));

    /// <summary>Adds what tells this domain's samples, not its labels, from all others.</summary>
    internal void Identify(IncrementalHash hash)
    {
        shared.Samples.Identify(hash);
        hash.AppendData(MemoryMarshal.AsBytes(rows.AsSpan()));
        hash.AppendData(Encoding.UTF8.GetBytes(Applied.ToJson()));
    }

    /// <summary>Lets the samples go, unless another view still shows them.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        shared.Release();
    }

    /// <summary>The domain's name, size and shape in short.</summary>
    public override string ToString() =>
        $"{Name}: {Count} samples of [{string.Join(", ", SampleShape)}], {(Labels is { } known ? $"{known.Classes.Count} classes" : "no labels")}";

    private int[] Rows(ReadOnlySpan<int> samples)
    {
        int[] result = new int[samples.Length];
        for (int i = 0; i < result.Length; i++)
        {
            if (samples[i] < 0 || samples[i] >= Count)
                throw new ArgumentException($"there is no sample {samples[i]}: {Name} has {Count}, from 0", nameof(samples));
            result[i] = rows is null ? samples[i] : rows[samples[i]];
        }

        return result;
    }

    private Domain View(int[]? shown, Labels? labels, Labels? origins)
    {
        SharedSamples held = shared.Share();
        try
        {
            return new Domain(Name, held, shown, labels, Provenance)
            {
                FeatureNames = FeatureNames,
                Encoder = Encoder,
                Vocabulary = Vocabulary,
                Origins = origins,
                Skipped = Skipped,
                UnseenCategories = UnseenCategories,
                Applied = Applied,
            };
        }
        catch
        {
            held.Release();
            throw;
        }
    }
}
