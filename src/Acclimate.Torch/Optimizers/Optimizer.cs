namespace Acclimate.Torch;

/// <summary>
/// Changes parameters along their gradients. It holds running sums of its own for each parameter (and frees them when
/// disposed), which <see cref="State"/> hands out, so that training resumes with the same bits.
/// </summary>
public abstract partial class Optimizer : IDisposable
{
    private readonly List<Slot> slots = [];
    private readonly double weightDecay;
    private readonly string[] sums;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate, at least 0.</param>
    /// <param name="weightDecay">The weight decay of groups that have none of their own, at least 0.</param>
    /// <param name="sums">The names of the running sums that are held for each parameter.</param>
    /// <param name="groups">The parameters, each in one group.</param>
    /// <exception cref="ArgumentException">Two parameters have one name, or a number is out of its range.</exception>
    private protected Optimizer(double learningRate, double weightDecay, string[] sums, ReadOnlySpan<ParameterGroup> groups)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        LearningRate = learningRate;
        this.weightDecay = weightDecay;
        this.sums = sums;
        HashSet<string> names = [];
        foreach (ParameterGroup group in groups)
        {
            foreach ((string name, Tensor parameter) in group.Parameters)
            {
                if (!names.Add(name))
                    throw new ArgumentException($"two parameters have the name '{name}'", nameof(groups));
                slots.Add(new Slot(name, parameter, group));
            }
        }
    }

    /// <summary>The learning rate, at least 0; a schedule sets it before each step (see <see cref="LearningRates"/>).</summary>
    public double LearningRate
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>Changes every parameter that has a gradient; the others are left alone.</summary>
    public void Step()
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        foreach (Batch batch in Batches())
        {
            Update(batch);
            foreach (Slot slot in batch.Slots)
                slot.Steps++;
        }
    }

    /// <summary>Clears the gradients of all parameters.</summary>
    public void ZeroGrad()
    {
        foreach (Slot slot in slots)
            slot.Parameter.SetGrad(null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Slot slot in slots)
            slot.Free();
        GC.SuppressFinalize(this);
    }

    private protected static ParameterGroup AllOf(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new ParameterGroup(module.NamedParameters());
    }

    /// <summary>Refuses what is not from 0 to below 1.</summary>
    private protected static void CheckShare(double share, string name)
    {
        if (!(share is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(name, share, "must be from 0 to below 1");
    }

    /// <summary>Changes parameters that are treated alike and were changed equally often.</summary>
    private protected abstract void Update(Batch batch);

    /// <summary>
    /// The parameters with gradients, in lists over which one operator call goes: parted where group or number of steps
    /// taken differ, which they hardly ever do within a group.
    /// </summary>
    private List<Batch> Batches()
    {
        List<Batch> batches = [];
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.Grad is not { } gradient)
                continue;
            Batch? batch = batches.Find(b => ReferenceEquals(b.Group, slot.Group) && b.Steps == slot.Steps);
            if (batch is null)
                batches.Add(batch = new Batch(slot.Group, slot.Steps, LearningRate * slot.Group.RateFactor, slot.Group.WeightDecay ?? weightDecay));
            slot.Sums ??= Array.ConvertAll(sums, _ => slot.Parameter.ZerosLike().LeaveScopes());
            batch.Slots.Add(slot);
            batch.GradientList.Add(gradient);
        }

        return batches;
    }

    /// <summary>One parameter and what is held for it.</summary>
    private protected sealed class Slot(string name, Tensor parameter, ParameterGroup group)
    {
        public string Name { get; } = name;

        public Tensor Parameter { get; } = parameter;

        public ParameterGroup Group { get; } = group;

        /// <summary>How often the parameter was changed.</summary>
        public long Steps { get; set; }

        /// <summary>The running sums; none before the first step.</summary>
        public Tensor[]? Sums { get; set; }

        public void Free()
        {
            foreach (Tensor sum in Sums ?? [])
                sum.Dispose();
            Sums = null;
            Steps = 0;
        }
    }

    /// <summary>Parameters that one update treats together.</summary>
    private protected sealed class Batch(ParameterGroup group, long steps, double rate, double decay)
    {
        public ParameterGroup Group { get; } = group;

        /// <summary>How many steps these parameters took before.</summary>
        public long Steps { get; } = steps;

        public double Rate { get; } = rate;

        public double Decay { get; } = decay;

        public List<Slot> Slots { get; } = [];

        public List<Tensor> GradientList { get; } = [];

        public Tensor[] Parameters => [.. Slots.Select(static slot => slot.Parameter)];

        public Tensor[] Gradients => [.. GradientList];

        public Tensor[] Sums(int which) => [.. Slots.Select(slot => slot.Sums![which])];
    }
}
