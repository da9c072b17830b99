using Acclimate.Selection;
using Acclimate.Selection.Validators;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Validators;

/// <summary>Every validator with a closed definition, against numpy and scikit-learn.</summary>
public sealed class ReferenceTests
{
    private const string Reference = """
        import warnings
        warnings.filterwarnings("ignore")
        from scipy.optimize import minimize
        from sklearn.decomposition import PCA
        from sklearn.linear_model import LogisticRegression
        from sklearn import metrics
        def flat(x): return x / np.linalg.norm(x, axis=1, keepdims=True)
        def H(p): return -(p * np.log(p)).sum(-1)
        def judge(xt, yh, xs):
            scale = np.sqrt((xt ** 2).sum(1).mean())
            return (LogisticRegression(C=10, tol=1e-12, max_iter=100000).fit(xt / scale, yh).predict(xs / scale) == ys).mean()
        def z(x): return (x - x.mean(0)) / x.std(0)
        def ratios(s, t, at, index):
            w = np.zeros(len(at))
            for fold in (0, 1):
                a, b = s[halves[0] != fold], t[halves[1] != fold]
                x = np.concatenate([a, b]); n, m = len(a), len(b)
                d = LogisticRegression(C=1, tol=1e-12, max_iter=100000).fit((x - x.mean(0)) / x.std(0), [0] * n + [1] * m,
                    sample_weight=[(n + m) / (2 * n)] * n + [(n + m) / (2 * m)] * m)
                here = halves[0][index] == fold
                w[here] = np.exp(d.decision_function((at[here] - x.mean(0)) / x.std(0)))
            return w
        old = flat(PCA(min(50, *xt.shape), svd_solver="full").fit_transform(xt))
        far = ((old[:, None] - old[None]) ** 2).sum(-1); np.fill_diagonal(far, np.inf)
        near = far.argsort(1)[:, :10]
        def log_likelihood(theta, votes):
            total = 0
            for sample in votes.T:
                total += np.log(np.mean([np.prod(np.where(sample == c, theta, (1 - theta) / (C - 1))) for c in range(C)]))
            return total
        votes = np.stack([c["y"] for c in pool])
        majority = np.array([np.bincount(v, minlength=C).argmax() for v in votes.T])
        fit = minimize(lambda t: -log_likelihood(t, votes), (votes == majority).mean(1).clip(.05, .95), method="L-BFGS-B", bounds=[(1e-6, 1 - 1e-6)] * len(votes), options=dict(ftol=1e-15, gtol=1e-9, maxiter=5000))
        for j, c in enumerate(pool):
            y, p, hp, hy = c["y"], c["p"], c["hp"], ys[c["held"]]
            n = len(y)
            agree = (y[near] == y[:, None]).mean()
            chance = np.mean([y[a] == y[b] for a in range(n) for b in range(n) if a != b])
            both = [k for k in range(C) if (y == k).any() and (ys == k).any()]
            cosines = []
            for k in both:
                a, b = c["sf"][ys == k].mean(0) - c["sf"].mean(0), c["tf"][y == k].mean(0) - c["tf"].mean(0)
                cosines.append(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
            others = {}
            for o in pool:
                if o["family"] != c["family"]: others.setdefault(o["family"], []).append(o["y"])
            share = np.mean([np.mean([np.eye(C)[v] for v in f], 0) for f in others.values()], 0)
            majorities = []
            for i in range(n):
                top = np.flatnonzero(share[i] > share[i].max() - 1e-9)
                majorities.append((y[i] in top) / len(top))
            u = flat(p); s = u @ u.T / .05; densities = []
            for i in range(n):
                e = np.exp(np.delete(s[i], i)); densities.append(H(e / e.sum()))
            wrong = (hp.argmax(1) != hy).astype(float)
            w = ratios(xs, xt, xs[c["held"]], c["held"])
            v = ratios(c["sf"], c["tf"], c["hf"], c["held"])
            eta = -np.cov(v * wrong, v)[0, 1] / v.var(ddof=1)
            scores = np.sort(-H(hp)); at = int(wrong.sum())
            show(agree - (1 - agree) * chance / (1 - chance), metrics.silhouette_score(old, y), metrics.calinski_harabasz_score(c["tf"], y),
                -metrics.davies_bouldin_score(c["tf"], y), np.mean(cosines), judge(z(xt), y, z(xs)), judge(xt, y, xs), np.mean(majorities),
                share[np.arange(n), y].mean(), fit.x[j], -H(p).mean(), H(p.mean(0)) - H(p).mean(), np.linalg.norm(p, "nuc") / np.sqrt(n * min(n, C)),
                np.mean(densities), 1 - wrong.mean(), 1 - (w * wrong).sum() / w.sum(), -((v * wrong).mean() + eta * v.mean() - eta),
                (-H(p) >= scores[at]).mean(), 1 - wrong.mean() - hp.max(1).mean() + p.max(1).mean())
        """;

    private static readonly string[] Names =
    [
        "knn", "silhouette", "calinski-harabasz", "davies-bouldin", "centroid-cosine", "rev-fix", "rev-raw", "crowd-maj", "crowd-share",
        "dawid-skene", "entropy", "mi", "bnm", "snd", "source", "iwcv", "dev", "atc", "doc",
    ];

    /// <summary>
    /// float64 throughout: sums of a few thousand terms of about 1 agree to 1e-9. What an optimiser decides is as good as it: weights of two
    /// logistic regressions (slopes to 1e-5 of the first: relative errors of 1e-4), Dawid–Skene's maximum by finite differences (1e-4).
    /// </summary>
    [Theory]
    [InlineData(1, 7, 3)]
    [InlineData(2, 60, 4)]
    [InlineData(3, 3, 2)]
    public void Score_RandomCandidates_IsTheReference(long seed, int features, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(seed, features: features, classes: classes);
        double[][] expected = Judged.Python("sklearn", Reference, pair, pool);

        Assert.Equal(pool.Length, expected.Length);
        for (int j = 0; j < pool.Length; j++)
        {
            for (int v = 0; v < Names.Length; v++)
            {
                double found = ValidatorCatalog.Find(Names[v]).Create().Score(pair, pool[j], pool), wanted = expected[j][v];
                double tolerance = Names[v] is "iwcv" or "dev" or "dawid-skene" ? 1e-3 * Math.Max(1, Math.Abs(wanted)) : 1e-9 * Math.Max(1, Math.Abs(wanted));
                Assert.True(Math.Abs(found - wanted) <= tolerance, $"{Names[v]} of {pool[j].Name}: {found}, but the reference has {wanted}");
            }
        }
    }

    /// <summary>
    /// Rows that come in turns, as those of two machines do that take one after the other: both domains are half of each, the target in another order, so the
    /// ratio is 1. A model of every other row knows one machine's source samples alone, and finds the other's a hundred times denser in the target.
    /// </summary>
    [Fact]
    public void Ratio_RowsInTurns_IsThatOfTheSamples()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(12);
        const int n = 80;
        Tensor noise = Tensor.Normal([2 * n, 2], generator, ScalarType.Float64) * 0.3;
        Tensor source = noise.Slice(0, 0, n) + Tensor.From<double>([.. Enumerable.Range(0, n).Select(static i => (i % 2) * 4.0)], n, 1);
        Tensor target = noise.Slice(0, n, 2 * n) + Tensor.From<double>([.. Enumerable.Range(0, n).Select(static i => i < n / 2 ? 0.0 : 4.0)], n, 1);

        double[] ratio = DensityRatio.At(source, target, source, [.. Enumerable.Range(0, n)])!;

        // Two halves of 40 samples each tell a cluster's share to a factor of 2 or so.
        Assert.All(ratio, static r => Assert.InRange(r, 0.25, 4));
    }

    /// <summary>Wide samples go through the samples' own products: the same space, so the same figures as scikit-learn's decomposition of 1,600 features.</summary>
    [Fact]
    public void Score_MoreFeaturesThanCanBeDecomposed_IsTheReference()
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(4, sources: 20, targets: 80, features: 1600);
        const string script = """
            from sklearn.decomposition import PCA
            from sklearn import metrics
            old = PCA(50, svd_solver="full").fit_transform(xt)
            old /= np.linalg.norm(old, axis=1, keepdims=True)
            for c in pool: show(metrics.silhouette_score(old, c["y"]))
            """;
        double[][] expected = Judged.Python("sklearn", script, pair, pool);

        Assert.All(pool.Zip(expected), of => Assert.Equal(of.Second[0], ValidatorCatalog.Find("silhouette").Create().Score(pair, of.First, pool), 1e-9));
    }

    /// <summary>Which figure has its reference here, and which in a test of its own.</summary>
    [Fact]
    public void Catalogue_EveryValidator_HasAReference() =>
        Assert.Equal(Names.Concat(["mixval", "reverse"]).Order(StringComparer.Ordinal), ValidatorCatalog.All.Select(static entry => entry.About.Name));
}
