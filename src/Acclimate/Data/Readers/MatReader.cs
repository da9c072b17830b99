using Acclimate.Data.Native;

namespace Acclimate.Data.Readers;

/// <summary>MATLAB's files: v5 (also v7, which is v5 compressed) and v7.3 (HDF5), dense or sparse matrices of real numbers.</summary>
internal sealed class MatReader : IDomainReader
{
    public string Format => "mat";

    public string Description => "MAT (.mat)";

    public IReadOnlyList<string> Options => ArrayDomain.Options;

    public bool Recognises(string path) => path.EndsWith(".mat", StringComparison.OrdinalIgnoreCase);

    public Domain Read(SourceString source, DomainOptions options)
    {
        string path = source.Path;
        MatOutline.Require(path);
        using MatFile file = new(path);
        long length = new FileInfo(path).Length;
        List<NumericArray> arrays = [];
        foreach (MatFile.Variable variable in file.List().Where(variable => variable.Shape.Length > 0))
        {
            if (variable.IsSparse)
                Bounded.RequireDense($"{path}, {variable.Name}", variable.Shape, sizeof(double));
            else
                Bounded.Elements($"{path}, {variable.Name}", variable.Shape, 1, length, compressed: true);
            arrays.Add(new NumericArray(variable.Name, variable.Shape, () => file.Read(variable)));
        }

        return ArrayDomain.Make(source, arrays);
    }
}
