using Acclimate.Relations.Learning;

namespace Acclimate.Relations.Transfer;

/// <summary>
/// How a clause fares as a rule for each of its literals: the atoms whose premises hold (it is relevant there) and for which the literal is right or wrong, and those
/// that hold though it says nothing of them. A rule that is wrong where it is relevant says too much and should be longer; one that is silent where it would be right
/// says too little and should be shorter.
/// </summary>
/// <param name="RelevantGood">Atoms of which it speaks, rightly.</param>
/// <param name="RelevantBad">Atoms of which it speaks, wrongly.</param>
/// <param name="IrrelevantBad">Atoms of its predicates that are as it would have them, and of which it does not speak.</param>
internal sealed record SelfDiagnosis(int RelevantGood, int RelevantBad, int IrrelevantBad)
{
    /// <summary>The share of what it speaks of that is wrong.</summary>
    public double TooShort => RelevantGood + RelevantBad == 0 ? 0 : (double)RelevantBad / (RelevantGood + RelevantBad);

    /// <summary>The share of what it should speak of where it does not.</summary>
    public double TooLong => RelevantGood + IrrelevantBad == 0 ? 1 : (double)IrrelevantBad / (RelevantGood + IrrelevantBad);

    /// <summary>Diagnoses a clause. Positive literals are its conclusions, or all literals where there are none.</summary>
    public static SelfDiagnosis Of(Clause clause, RelationalData data)
    {
        bool conclusion = clause.Literals.Any(static literal => literal.IsPositive);
        int[] concluded = [.. clause.Literals.Where(literal => literal.IsPositive == conclusion).Select(literal => data.Modelled.ToList().IndexOf(literal.Predicate))];
        (int good, int bad) = (0, 0);
        Grounding.Column column = data[clause];
        for (int k = 0; k < column.Atoms.Length; k++)
        {
            if (!concluded.Contains(data.Of[column.Atoms[k]]) || column.Changes[k] > 0 != conclusion)
                continue;
            if (data.Holds[column.Atoms[k]] == conclusion)
                good++;
            else
                bad++;
        }

        int right = Enumerable.Range(0, data.Of.Length).Count(atom => concluded.Contains(data.Of[atom]) && data.Holds[atom] == conclusion);
        return new SelfDiagnosis(good, bad, right - good);
    }
}
