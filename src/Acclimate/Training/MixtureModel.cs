using System.Text.Json;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>One of the models that a mixture is made of.</summary>
/// <param name="Name">What it is called: letters, digits, dots, - and _, the first of them no dot.</param>
/// <param name="Model">The model; the mixture owns it.</param>
/// <param name="Weight">Its share of what the mixture says, 0 or more; one of weight 0 is kept and not asked.</param>
public sealed record MixtureMember(string Name, TransferModel Model, double Weight);

/// <summary>
/// Several models that decide together: p(y|x) = Σ w_m p_m(y|x), the weights w_m adding up to 1. Saved as one folder, with a folder
/// for each member in <c>members/</c> and the weights in <c>model.json</c>.
/// </summary>
public sealed class MixtureModel : TransferModel
{
    internal const string Kind = "mixture";

    private const string MembersFolder = "members";

    /// <summary>How far from 1 the sum of weights may be, that were written as decimals.</summary>
    private const double WeightTolerance = 1e-6;

    /// <summary>Puts a mixture together; it owns its members from here on.</summary>
    /// <param name="members">At least one; their classes are the same in the same order, and they take the same samples.</param>
    /// <param name="provenance">Where the mixture comes from.</param>
    /// <exception cref="ArgumentException">There is none, a name is no name or given twice, weights are negative or don't add up to 1, or a member is a mixture, or takes other samples, or tells other classes apart.</exception>
    public MixtureModel(IReadOnlyList<MixtureMember> members, Provenance provenance)
        : base(FirstOf(members).Classes, provenance, FirstOf(members).Encoder, FirstOf(members).Vocabulary)
    {
        Check([.. members.Select(static member => (member.Name, member.Weight))]);
        Members = members;
        foreach (MixtureMember member in members)
            RequireFits(member);
    }

    /// <summary>The models with their weights.</summary>
    public IReadOnlyList<MixtureMember> Members { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<long> InputShape => Members[0].Model.InputShape;

    /// <summary>The weights by the members' names.</summary>
    public IReadOnlyDictionary<string, double> Weights => Members.ToDictionary(static member => member.Name, static member => member.Weight);

    /// <summary>Gives a saved mixture other weights; its members stay as they are. The change is there whole or not at all.</summary>
    /// <param name="folder">The mixture's folder.</param>
    /// <param name="weights">A weight for each member.</param>
    /// <exception cref="ArgumentException">The weights are negative, don't add up to 1, or name other members.</exception>
    /// <exception cref="InvalidDataException">The folder holds no mixture, or a damaged one.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Reweigh(string folder, IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        string path = Path.Combine(folder, CardFile);
        Card card = ReadMembers(folder);
        if (card.Members.Count != weights.Count || card.Members.FirstOrDefault(member => !weights.ContainsKey(member.Name)) is not null)
            throw new ArgumentException($"{path} has the members {Names(card)}; weights were given for {string.Join(", ", weights.Keys)}", nameof(weights));
        Check([.. weights.Select(static pair => (pair.Key, pair.Value))]);
        WriteCard(path, card with { Members = [.. card.Members.Select(member => member with { Weight = weights[member.Name] })] });
    }

    /// <summary>The weights that a saved mixture has, by its members' names; none where the folder holds another model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="InvalidDataException">The folder holds no model, or a damaged one.</exception>
    public static IReadOnlyDictionary<string, double>? WeightsOf(string folder) =>
        IsMixture(folder) ? ReadMembers(folder).Members.ToDictionary(static member => member.Name, static member => member.Weight) : null;

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        string all = Path.Combine(folder, MembersFolder);
        List<CardMember> written = [];
        foreach (MixtureMember member in Members)
        {
            // What a saved mixture refers to is not touched before the new card stands.
            string name = Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? member.Name : $"{member.Name}-{n}")
                .First(free => !File.Exists(Path.Combine(all, free, CardFile)) && !written.Any(other => other.Folder.Equals(free, StringComparison.OrdinalIgnoreCase)));
            member.Model.Save(Path.Combine(all, name));
            written.Add(new CardMember(member.Name, name, member.Weight));
        }

        WriteCard(Path.Combine(folder, CardFile), new Card(FormatVersion, Kind, Classes, written, Provenance));
        foreach (string unused in Directory.EnumerateDirectories(all).Where(path => written.TrueForAll(member => member.Folder != Path.GetFileName(path))))
            Directory.Delete(unused, recursive: true);
    }

    /// <inheritdoc/>
    public override Predictions Predict(Domain domain, CancellationToken cancellation = default) => Predict(domain, Weights, cancellation);

    /// <summary>What it would say with other weights.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="weights">A weight for each member, as <see cref="Reweigh"/> takes them.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    internal Predictions Predict(Domain domain, IReadOnlyDictionary<string, double> weights, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(domain);
        double[][] sums = [.. Enumerable.Range(0, domain.Count).Select(_ => new double[Classes.Count])];
        foreach (MixtureMember member in Members.Where(member => weights[member.Name] > 0))
        {
            Predictions said = member.Model.Predict(domain, cancellation);
            for (int i = 0; i < sums.Length; i++)
            {
                for (int k = 0; k < Classes.Count; k++)
                    sums[i][k] += weights[member.Name] * said.Probabilities[i][k];
            }
        }

        return new Predictions(Classes, [.. sums.Select(static row => Array.IndexOf(row, row.Max()))], [.. sums.Select(static row => Array.ConvertAll(row, static p => (float)p))]);
    }

    /// <summary>What the classifiers of the members that have a weight see, side by side: samples × the sum of their features, float64.</summary>
    /// <param name="domain">The samples.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public override Tensor Features(Domain domain, CancellationToken cancellation = default)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Tensor.Concatenate(
            [.. Members.Where(static member => member.Weight > 0).Select(member => member.Model.Features(domain, cancellation).To(ScalarType.Float64))], 1));
    }

    /// <summary>Whether a folder holds a mixture.</summary>
    internal static bool IsMixture(string folder)
    {
        string path = Path.Combine(folder, CardFile);
        if (!File.Exists(path))
            return false;
        using JsonDocument card = ReadCard(File.ReadAllText(path), path);
        return card.RootElement.TryGetProperty("kind", out JsonElement kind) && kind.ToString() == Kind;
    }

    /// <summary>The folders of a saved mixture's members.</summary>
    internal static IReadOnlyList<string> MemberFolders(string folder) =>
        [.. ReadMembers(folder).Members.Select(member => Path.Combine(folder, MembersFolder, member.Folder))];

    internal static MixtureModel Read(JsonDocument document, string cardPath)
    {
        Card card = Checked(document, cardPath);
        List<MixtureMember> members = [];
        try
        {
            foreach (CardMember member in card.Members)
                members.Add(new MixtureMember(member.Name, ReadMember(member, cardPath), member.Weight));
            MixtureModel model = new(members, card.Provenance);
            return model.Classes.SequenceEqual(card.Classes) ? model : throw new ArgumentException($"its members tell {Listed(model.Classes)} apart, and it says {Listed(card.Classes)}");
        }
        catch (Exception e)
        {
            members.ForEach(static member => member.Model.Dispose());
            if (e is not ArgumentException)
                throw;
            throw new InvalidDataException($"{cardPath} does not fit its members: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    private protected override void Free()
    {
        foreach (MixtureMember member in Members)
            member.Model.Dispose();
    }

    private static TransferModel ReadMember(CardMember member, string cardPath)
    {
        string folder = Path.Combine(Path.GetDirectoryName(cardPath)!, MembersFolder, member.Folder);
        try
        {
            return IsMixture(folder) ? throw new InvalidDataException($"{folder} holds a mixture itself, and a member is one model") : Load(folder);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InvalidDataException($"{cardPath}: its member '{member.Name}' can't be used: {e.Message}", e);
        }
    }

    private static TransferModel FirstOf(IReadOnlyList<MixtureMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.Count > 0 ? members[0].Model : throw new ArgumentException("a mixture needs at least one member", nameof(members));
    }

    private static void Check(IReadOnlyList<(string Name, double Weight)> members)
    {
        foreach ((string name, double weight) in members)
        {
            if (!IsName(name))
                throw new ArgumentException($"a member can't be called '{name}': expected letters, digits, dots, - and _, the first of them no dot");
            if (!(weight >= 0 && double.IsFinite(weight)))
                throw new ArgumentException(FormattableString.Invariant($"the member '{name}' has the weight {weight}; expected 0 or more"));
        }

        if (members.GroupBy(static member => member.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static group => group.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"two members are called '{twice.Key}'");
        double sum = members.Sum(static member => member.Weight);
        if (Math.Abs(sum - 1) > WeightTolerance)
            throw new ArgumentException(FormattableString.Invariant($"the members' weights add up to {sum}; expected 1"));
    }

    private static bool IsName(string name) => name.Length > 0 && name[0] != '.' && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private void RequireFits(MixtureMember member)
    {
        TransferModel model = member.Model;
        if (model is MixtureModel)
            throw new ArgumentException($"the member '{member.Name}' is a mixture itself; give its members their share of its weight instead");
        if (!model.Classes.SequenceEqual(Classes))
            throw new ArgumentException($"the member '{member.Name}' tells {Listed(model.Classes)} apart, the others {Listed(Classes)}");
        IReadOnlyList<long> shape = model.InputShape;
        if (shape.Count != InputShape.Count || (shape.Count == 1 && shape[0] != InputShape[0]))
            throw new ArgumentException($"the member '{member.Name}' takes samples of [{string.Join(", ", shape)}], the others of [{string.Join(", ", InputShape)}]");
        if (TextOf(model.Encoder, false) != TextOf(Encoder, false) || TextOf(model.Vocabulary, false) != TextOf(Vocabulary, false))
            throw new ArgumentException($"the member '{member.Name}' makes other features of the samples than the others");
    }

    private static Card ReadMembers(string folder)
    {
        string path = Path.Combine(folder, CardFile);
        if (!File.Exists(path))
            throw new InvalidDataException($"{folder} is no model: there is no {CardFile} in it");
        using JsonDocument document = ReadCard(File.ReadAllText(path), path);
        return Checked(document, path);
    }

    /// <summary>The card, as far as it can be told without its members.</summary>
    private static Card Checked(JsonDocument document, string path)
    {
        Card card = Parse<Card>(document, path);
        if (card.Kind != Kind)
            throw new InvalidDataException($"{path}: a model of kind '{card.Kind}', not a {Kind}");
        if (card.Members.Count == 0)
            throw new InvalidDataException($"{path} is damaged: it names no member");
        if (card.Members.FirstOrDefault(static member => !IsName(member.Folder)) is { } strange)
            throw new InvalidDataException($"{path} is damaged: the member '{strange.Name}' lies in '{strange.Folder}', which is no folder of {MembersFolder}");
        try
        {
            Check([.. card.Members.Select(static member => (member.Name, member.Weight))]);
            return card;
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    private static string Names(Card card) => string.Join(", ", card.Members.Select(static member => member.Name));

    private static string Listed(IReadOnlyList<string> classes) => $"{classes.Count} classes ({Labels.Listed(classes)})";

    private sealed record Card(int FormatVersion, string Kind, IReadOnlyList<string> Classes, IReadOnlyList<CardMember> Members, Provenance Provenance);

    private sealed record CardMember(string Name, string Folder, double Weight);
}
