using Acclimate.Features.StructuralRisk;

namespace Acclimate.Tests.Features.StructuralRisk;

public sealed class IntraDomainProgrammingTests
{
    [Theory]
    [InlineData(6, 3)]
    [InlineData(4, 4)] // every class exactly one sample
    [InlineData(7, 4)]
    [InlineData(3, 1)]
    public void Solve_SmallPrograms_FindsTheCheapestOfAllAssignments(int samples, int classes)
    {
        Random random = new(5);
        for (int trial = 0; trial < 200; trial++)
        {
            // Some classes are far from every sample, so that the program has to serve them; whole numbers make ties.
            double[,] costs = new double[samples, classes];
            for (int c = 0; c < classes; c++)
            {
                int far = random.Next(2) * 5;
                for (int j = 0; j < samples; j++)
                    costs[j, c] = far + (trial % 2 == 0 ? random.Next(6) : random.NextDouble() * 6);
            }

            (int[] labels, double gap) = IntraDomainProgramming.Solve(costs);

            Assert.Equal(classes, labels.Distinct().Count());
            Assert.Equal(Cheapest(costs), labels.Select((c, j) => costs[j, c]).Sum(), 1e-9);
            Assert.InRange(gap, -1e-12, 1e-12);
        }
    }

    [Fact]
    public void Solve_ManyFarClasses_IsProvedByTheDual()
    {
        Random random = new(6);
        double[,] costs = new double[500, 30];
        for (int j = 0; j < 500; j++)
        {
            for (int c = 0; c < 30; c++)
                costs[j, c] = (c % 3 * 10) + random.NextDouble();
        }

        (int[] labels, double gap) = IntraDomainProgramming.Solve(costs);

        Assert.Equal(30, labels.Distinct().Count());
        Assert.InRange(gap, -1e-12, 1e-12);
    }

    private static double Cheapest(double[,] costs)
    {
        int n = costs.GetLength(0), classes = costs.GetLength(1);
        double best = double.PositiveInfinity;
        for (int code = 0; code < Math.Pow(classes, n); code++)
        {
            int[] labels = [.. Enumerable.Range(0, n).Select(j => code / (int)Math.Pow(classes, j) % classes)];
            if (labels.Distinct().Count() == classes)
                best = Math.Min(best, labels.Select((c, j) => costs[j, c]).Sum());
        }

        return best;
    }
}
