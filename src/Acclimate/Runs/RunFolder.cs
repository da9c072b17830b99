namespace Acclimate.Runs;

/// <summary>Where everything of a run lies.</summary>
/// <param name="Path">The folder.</param>
public sealed record RunFolder(string Path)
{
    /// <summary>All that the run is made of.</summary>
    public string Config => System.IO.Path.Combine(Path, "config.yaml");

    /// <summary>The loss and its terms, a line for every tenth step.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>The latest state from which the run can go on.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>The trained model: a folder that other tools can read.</summary>
    public string Model => System.IO.Path.Combine(Path, "model");

    /// <summary>The trained model of a further task.</summary>
    /// <param name="task">The task's name.</param>
    public string TaskModel(string task) => System.IO.Path.Combine(Path, "tasks", task, "model");

    /// <summary>What came out; there only once the run is complete.</summary>
    public string Result => System.IO.Path.Combine(Path, "result.json");

    /// <summary>Where the source's own network is trained, of a run of networks that is hedged: its checkpoint and metrics.</summary>
    internal RunFolder SourceOnly => new(System.IO.Path.Combine(Path, "source-only"));

    /// <summary>What was tried, of a run that chooses by itself: of each a record, and what it says of the target.</summary>
    internal string Candidates => System.IO.Path.Combine(Path, "candidates");

    /// <summary>Where one network among them is trained: its checkpoint, metrics and model.</summary>
    /// <param name="name">What it is called.</param>
    internal RunFolder Candidate(string name) => new(System.IO.Path.Combine(Candidates, name));

    /// <summary>Where the method's network is kept as it was at a step, until the run is complete.</summary>
    /// <param name="step">The step.</param>
    internal string KeptAt(long step) => System.IO.Path.Combine(Kept, System.FormattableString.Invariant($"{step}"));

    /// <summary>What holds these.</summary>
    internal string Kept => System.IO.Path.Combine(Path, "kept");

    /// <summary>What a hedged shallow run says of each of its own target samples: the hedge itself, for which the saved model stands with others.</summary>
    public string Predictions => System.IO.Path.Combine(Path, "predictions.csv");

    /// <summary>The target samples that labels are best spent on, of a run that was hedged.</summary>
    public string ToLabel => System.IO.Path.Combine(Path, "to-label");

    /// <summary>The table of them, to be filled in.</summary>
    public string Labels => System.IO.Path.Combine(ToLabel, "labels.csv");

    /// <summary>How they were drawn; what <see cref="Runs.ToLabel"/> reads.</summary>
    public string Draw => System.IO.Path.Combine(ToLabel, "draw.json");

    /// <summary>What labels said of the run, once they were looked at.</summary>
    public string Verified => System.IO.Path.Combine(Path, "verified.json");

    /// <summary>The run as a page to look at.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Where TensorBoard's event files go, on request.</summary>
    public string TensorBoard => System.IO.Path.Combine(Path, "tensorboard");

    /// <summary>Makes the folder for a new run.</summary>
    /// <param name="config">What the run is made of; written into the folder.</param>
    /// <exception cref="IOException">A run lies there already: it is not overwritten.</exception>
    public void Create(RunConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (File.Exists(Config))
            throw new IOException($"{Path} holds a run already; go on with it by --resume {Path}, or name another folder with --out");
        Directory.CreateDirectory(Path);
        config.Save(Config);
    }

    /// <summary>Reads what a run is made of.</summary>
    /// <exception cref="InvalidDataException">The folder holds no run, or a damaged one.</exception>
    public RunConfig Open() =>
        File.Exists(Config) ? RunConfig.Load(Config) : throw new InvalidDataException($"{Path} holds no run: there is no config.yaml in it");
}
