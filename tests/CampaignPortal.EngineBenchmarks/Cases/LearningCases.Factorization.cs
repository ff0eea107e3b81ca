using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Text;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of recommenders and text: groups ranking-metrics, factorisation, text.</summary>
public static partial class LearningCases
{
    private static Handler? FactorizationHandler(string group, string stem) => (group, stem) switch
    {
        ("ranking-metrics", "lists") => RankedLists,
        ("ranking-metrics", "sampled-negatives") => SampledNegatives,
        ("ranking-metrics", "graded-ndcg") => GradedNdcg,
        ("factorisation", "ials-users") => ImplicitAlsUsers,
        ("factorisation", "bpr-step") => BprStep,
        ("factorisation", "ease") => EaseWeights,
        ("factorisation", "item-cosine-shrink") => ItemCosine,
        ("factorisation", "pca") => Components,
        ("text", "tfidf") => TermWeights,
        ("text", "naive-bayes") => NaiveBayesClasses,
        _ => null,
    };

    private static Dictionary<string, object> RankedLists(LearningCase c)
    {
        var k = (int)c.Option("k");
        var lists = c.Lists("recommended").Zip(c.Lists("relevant"), (list, relevant) => (List: list, Relevant: (IReadOnlySet<int>)relevant.ToHashSet())).ToArray();
        double Mean(Func<int[], IReadOnlySet<int>, double> metric) => lists.Average(l => metric(l.List, l.Relevant));
        return new Dictionary<string, object>
        {
            ["hit_rate"] = Mean((l, r) => RankingMetrics.HitRate(l, r, k)),
            ["ndcg"] = Mean((l, r) => RankingMetrics.Ndcg(l, r, k)),
            ["mrr"] = Mean((l, r) => RankingMetrics.ReciprocalRank(l, r, k)),
            ["map"] = Mean((l, r) => RankingMetrics.AveragePrecision(l, r, k)),
            ["recall"] = Mean((l, r) => RankingMetrics.Recall(l, r, k)),
            ["precision"] = Mean((l, r) => RankingMetrics.Precision(l, r, k)),
            ["coverage"] = RankingMetrics.Coverage(lists.Select(l => l.List), (int)c.Option("items"), k),
        };
    }

    private static Dictionary<string, object> SampledNegatives(LearningCase c)
    {
        var k = (int)c.Option("k");
        var (scores, width) = (c.Doubles("scores"), c.Shape("scores")[1]);
        var rows = scores.Chunk(width).ToArray();
        var strict = Array.ConvertAll(rows, r => RankingMetrics.PlaceOfFirst(r, tiesCountAgainst: false));
        var ties = Array.ConvertAll(rows, r => RankingMetrics.PlaceOfFirst(r, tiesCountAgainst: true));
        double HitRate(int[] ranks) => ranks.Average(r => r < k ? 1.0 : 0);
        double Ndcg(int[] ranks) => ranks.Average(r => r < k ? 1 / Math.Log2(r + 2) : 0);
        return new Dictionary<string, object>
        {
            ["rank_strict"] = strict,
            ["rank_with_ties"] = ties,
            ["hit_rate_strict"] = HitRate(strict),
            ["ndcg_strict"] = Ndcg(strict),
            ["hit_rate_ties"] = HitRate(ties),
            ["ndcg_ties"] = Ndcg(ties),
        };
    }

    private static Dictionary<string, object> GradedNdcg(LearningCase c)
    {
        var width = c.Shape("gain")[1];
        var rows = c.Doubles("gain").Chunk(width).Zip(c.Doubles("score").Chunk(width)).ToArray();
        return new Dictionary<string, object>
        {
            ["ndcg_at_5"] = rows.Average(r => RankingMetrics.GradedNdcg(r.First, r.Second, 5)),
            ["ndcg"] = rows.Average(r => RankingMetrics.GradedNdcg(r.First, r.Second)),
        };
    }

    private static Dictionary<string, object> ImplicitAlsUsers(LearningCase c)
    {
        var (itemCount, dimension) = (c.Shape("items")[0], c.Shape("items")[1]);
        var (unobserved, regularization) = ((float)c.Option("unobserved_weight"), c.Option("regularisation"));
        var width = NormalEquations.WidthOf(dimension);
        var factors = new AlignedFloats(itemCount * width);
        var values = c.Floats("items");
        for (var item = 0; item < itemCount; item++) values.AsSpan(item * dimension, dimension).CopyTo(factors.Span[(item * width)..]);
        var gram = NormalEquations.Gram(factors, itemCount, width, unobserved);
        var equations = new NormalEquations(width);
        var users = c.Lists("relevant").Select(relevant =>
        {
            equations.Begin(gram);
            equations.Add(factors, relevant, [.. relevant.Select(_ => 1f)], rightExtra: 0);
            return equations.Solve((float)(regularization * (relevant.Length + unobserved * itemCount)))[..dimension].ToArray();
        });
        return new Dictionary<string, object> { ["users"] = users.ToArray() };
    }

    private static Dictionary<string, object> BprStep(LearningCase c)
    {
        var (user, positive, negative) = (c.Floats("user"), c.Floats("positive"), c.Floats("negative"));
        var (positiveBias, negativeBias) = ((float)c.Option("positive_bias"), (float)c.Option("negative_bias"));
        Learning.Factorization.Bpr.Step(user, positive, negative, ref positiveBias, ref negativeBias, (float)c.Option("lr"), (float)c.Option("regularisation"));
        return new Dictionary<string, object>
        {
            ["user"] = user,
            ["positive"] = positive,
            ["negative"] = negative,
            ["positive_bias"] = positiveBias,
            ["negative_bias"] = negativeBias,
        };
    }

    private static Dictionary<string, object> EaseWeights(LearningCase c)
    {
        var interactions = Interactions(c);
        var model = Ease.Fit(interactions, c.Option("l2"));
        var scores = new float[model.ItemCount];
        model.Score(interactions.Row(0), scores);
        return new Dictionary<string, object>
        {
            ["weights"] = Enumerable.Range(0, model.ItemCount).Select(item => model.WeightsFrom(item).ToArray()).ToArray(),
            ["scores_row0"] = scores,
        };
    }

    private static Dictionary<string, object> ItemCosine(LearningCase c)
    {
        var similarity = ItemKnn.Fit(Interactions(c), new ItemKnnOptions { Shrink = c.Option("shrink"), Shrinkage = CosineShrinkage.Denominator }).Similarity;
        return new Dictionary<string, object> { ["similarity"] = Dense(similarity) };
    }

    private static Dictionary<string, object> Components(LearningCase c)
    {
        var shape = c.Shape("x");
        var count = c.Json.GetProperty("expected").GetProperty("explained_variance").GetProperty("shape")[0].GetInt32();
        var pca = Pca.Fit(new Matrix(shape[0], shape[1], c.Floats("x")), count);
        return new Dictionary<string, object>
        {
            ["explained_variance"] = pca.ExplainedVariance,
            ["explained_variance_ratio"] = pca.ExplainedVarianceRatio,
            ["absolute_components"] = pca.Components.Select(component => component.Select(Math.Abs).ToArray()).ToArray(),
            ["mean"] = pca.Mean,
        };
    }

    private static Dictionary<string, object> TermWeights(LearningCase c)
    {
        var runs = c.Json.GetProperty("ngrams").EnumerateArray().Select(n => n.GetInt32()).ToArray();
        var documents = c.Texts("documents");
        var words = new TermOptions { ShortestWordRun = runs[0], LongestWordRun = runs[1] };
        var options = new TfIdfOptions { Vocabulary = new VocabularyOptions { Terms = words, MinDocumentCount = 1 }, Scale = c.Flag("sublinear") ? TermScale.Sublinear : TermScale.Count };
        var model = TfIdf.Fit(documents, options, out var rows);
        return new Dictionary<string, object> { ["idf"] = model.Idf.ToArray(), ["matrix"] = Dense(rows), ["terms"] = model.Vocabulary.Terms };
    }

    private static Dictionary<string, object> NaiveBayesClasses(LearningCase c)
    {
        var model = NaiveBayes.Fit(c.Texts("documents"), c.Ints("labels"), new NaiveBayesOptions { Vocabulary = new VocabularyOptions { MinDocumentCount = 1 } });
        return new Dictionary<string, object> { ["probabilities"] = c.Texts("query").Select(model.Predict).ToArray() };
    }

    private static Csr Interactions(LearningCase c)
    {
        var shape = c.Shape("x");
        var cells = c.Floats("x").Select((value, at) => (value, at)).Where(cell => cell.value != 0).ToArray();
        return Csr.FromTriplets(shape[0], shape[1], [.. cells.Select(cell => cell.at / shape[1])], [.. cells.Select(cell => cell.at % shape[1])], [.. cells.Select(cell => cell.value)]);
    }

    private static float[][] Dense(Csr matrix) => Enumerable.Range(0, matrix.RowCount).Select(row =>
    {
        var values = new float[matrix.ColumnCount];
        var sparse = matrix.Row(row);
        for (var at = 0; at < sparse.Count; at++) values[sparse.Columns[at]] = sparse.Values[at];
        return values;
    }).ToArray();
}
