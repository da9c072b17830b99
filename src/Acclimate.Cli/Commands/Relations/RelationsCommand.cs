using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands.Relations;

/// <summary>What can be done with Markov logic networks.</summary>
internal sealed class RelationsCommand : ExampledCommand
{
    public RelationsCommand(Screen screen, CancellationToken cancellation)
        : base("relations", "Learn Markov logic networks from facts, infer what is not known, transfer a network to other predicates")
    {
        Add(new RelationsLearnCommand(screen, cancellation));
        Add(new RelationsInferCommand(screen, cancellation));
        Add(new RelationsTransferCommand(screen, cancellation));
        Add(new RelationsGenerateCommand(screen));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate relations generate university --out worlds",
        "acclimate relations learn university.mln --data worlds/university-1.db -o learnt.mln",
        "acclimate relations infer learnt.mln --evidence known.db --query AdvisedBy",
        "acclimate relations transfer learnt.mln movie.mln --data movie.db -o movies.mln",
    ];
}
