using System.Globalization;
using System.Text.RegularExpressions;
using Acclimate.Data.Images;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>
/// CIFAR-10 as ConvNetJS has it: PNG sheets of 1,000 pictures, each a row of 32 × 32 pixels one after another, and their
/// classes in one JavaScript array. The first fifty sheets are the training part, the last is the test part; a folder may hold some of them.
/// </summary>
internal sealed partial class ImageSheetReader : IDomainReader
{
    private const string LabelFile = "cifar10_labels.js";
    private const int Side = 32;
    private const int InSheet = 1000;
    private const int TestSheet = 50;

    private static readonly string[] Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    public string Format => "image-sheets";

    public string Description => "CIFAR-10 sheets (cifar10_batch_….png)";

    public IReadOnlyList<string> Options => ["part"];

    public bool Recognises(string path) => File.Exists(Path.Combine(path, LabelFile));

    public Domain Read(SourceString source, DomainOptions options)
    {
        bool test = source.GetWord("part", "train", "test") == "test";
        int[] sheets = [.. Enumerable.Range(0, TestSheet + 1).Where(sheet => sheet == TestSheet == test && File.Exists(Sheet(source.Path, sheet)))];
        if (sheets.Length == 0)
            throw new DataException($"{source.Path}: holds no sheet of the {(test ? "test" : "training")} part, such as {Path.GetFileName(Sheet(source.Path, test ? TestSheet : 0))}");
        int[] all = LabelsOf(Path.Combine(source.Path, LabelFile));
        using TensorScope scope = TensorScope.Begin();
        Tensor pictures = Tensor.Concatenate([.. sheets.Select(sheet => Pictures(Sheet(source.Path, sheet)))]);
        int[] indices = [.. sheets.SelectMany(sheet => all.AsSpan(sheet * InSheet, InSheet).ToArray())];
        return new Domain(source.Name, new TensorSamples(scope.Keep(pictures)), new Labels(Classes, indices), source.Text);
    }

    private static string Sheet(string folder, int sheet) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"cifar10_batch_{sheet}.png"));

    private static Tensor Pictures(string file)
    {
        Tensor sheet = ImageCodec.Decode(File.ReadAllBytes(file), file);
        if (sheet.Shape is not [3, InSheet, Side * Side])
            throw new DataException($"{file}: is {sheet.Size(2)}×{sheet.Size(1)}; a sheet is {Side * Side} wide, a picture a row, and {InSheet} high");
        return sheet.Transpose(0, 1).Reshape(InSheet, 3, Side, Side);
    }

    private static int[] LabelsOf(string file)
    {
        int[] labels = [.. Numbers().Matches(File.ReadAllText(file)).Select(static match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
        int wanted = (TestSheet + 1) * InSheet;
        if (labels.Length != wanted || labels.Any(static label => label >= Classes.Length))
            throw new DataException($"{file}: holds {labels.Length} numbers; expected {wanted}, from 0 to {Classes.Length - 1}");
        return labels;
    }

    [GeneratedRegex(@"(?<![\w.])\d{1,9}(?![\w.])")]
    private static partial Regex Numbers();
}
