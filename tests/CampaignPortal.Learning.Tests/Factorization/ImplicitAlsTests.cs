using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Tests.Ranking;
using CampaignPortal.Statistics.Random;
using MathNet.Numerics.LinearAlgebra;

namespace CampaignPortal.Learning.Tests.Factorization;

public sealed class ImplicitAlsTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(100)]
    public void A_folded_in_user_solves_the_normal_equations(int dimension)
    {
        const double UnobservedWeight = 0.3, Regularization = 0.02, Boost = 0.7;
        var rng = new Rng(dimension);
        const int ItemCount = 250;
        var factors = new float[ItemCount * dimension];
        foreach (ref var value in factors.AsSpan()) value = (float)(0.3 * rng.NextNormal());
        var model = ImplicitAlsModel.FromFactors(factors, new ImplicitAlsOptions { Dimension = dimension, UnobservedWeight = UnobservedWeight, Regularization = Regularization, CountBoost = Boost });
        foreach (var historyLength in new[] { 1, 2, 5, 95, 96, 97, 200 })
        {
            int[] items = [.. Enumerable.Range(0, historyLength)];
            float[] counts = [.. items.Select(item => 1f + item % 4)];

            var y = Matrix<double>.Build.Dense(ItemCount, dimension, (item, k) => factors[item * dimension + k]);
            var matrix = UnobservedWeight * y.TransposeThisAndMultiply(y);
            var right = Vector<double>.Build.Dense(dimension);
            foreach (var item in items)
            {
                var weight = 1 + Boost * Math.Log(counts[item]);
                matrix += weight * y.Row(item).OuterProduct(y.Row(item));
                right += (weight + UnobservedWeight) * y.Row(item);
            }
            var lambda = Regularization * (historyLength + UnobservedWeight * ItemCount);
            var expected = (matrix + Matrix<double>.Build.DiagonalIdentity(dimension) * lambda).Cholesky().Solve(right);

            var got = new float[dimension];
            model.FoldIn(new SparseRow(items, counts), got);
            for (var k = 0; k < dimension; k++) Assert.Equal(expected[k], got[k], 2e-4 * Math.Max(1, expected.L2Norm()));

            var scores = new float[ItemCount];
            model.Score(new SparseRow(items, counts), scores);
            var expectedScores = y * expected;
            for (var item = 0; item < ItemCount; item++) Assert.Equal(expectedScores[item], scores[item], 1e-3);
        }
    }

    [Fact]
    public void The_objective_falls_with_every_sweep()
    {
        var interactions = Interactions.TwoGroups(60, 40, new Rng(2));
        var last = double.PositiveInfinity;
        for (var sweeps = 1; sweeps <= 6; sweeps++)
        {
            var options = new ImplicitAlsOptions { Dimension = 5, Sweeps = sweeps, UnobservedWeight = 0.2, Degree = 1 };
            var objective = Objective(interactions, ImplicitAls.Fit(interactions, options, new Rng(1), TestContext.Current.CancellationToken));
            Assert.True(objective <= last * (1 + 1e-6), $"after {sweeps} sweeps {objective}, before {last}");
            last = objective;
        }
    }

    [Fact]
    public void A_planted_low_rank_preference_is_recovered()
    {
        var rng = new Rng(9);
        const int Users = 400, Items = 120, Rank = 4;
        double[] u = [.. Enumerable.Range(0, Users * Rank).Select(_ => rng.NextNormal())], v = [.. Enumerable.Range(0, Items * Rank).Select(_ => rng.NextNormal())];
        var (rows, columns) = (new List<int>(), new List<int>());
        double Preference(int user, int item) => Enumerable.Range(0, Rank).Sum(k => u[user * Rank + k] * v[item * Rank + k]);
        for (var user = 0; user < Users; user++)
        {
            for (var item = 0; item < Items; item++)
            {
                if (Preference(user, item) <= 2 || rng.NextDouble() >= 0.5) continue; // half of what they like is seen
                rows.Add(user);
                columns.Add(item);
            }
        }
        var seen = Csr.FromTriplets(Users, Items, rows.ToArray(), columns.ToArray(), [.. rows.Select(_ => 1f)]);
        var model = ImplicitAls.Fit(seen, new ImplicitAlsOptions { Dimension = 8, UnobservedWeight = 0.1, Degree = 1 }, new Rng(1), TestContext.Current.CancellationToken);

        double good = 0, pairs = 0;
        var scores = new float[Items];
        for (var user = 0; user < Users; user++)
        {
            if (seen.CountOf(user) == 0) continue;
            model.Score(seen.Row(user), scores);
            var known = seen.Row(user).Columns.ToArray().ToHashSet();
            var unseen = Enumerable.Range(0, Items).Where(item => !known.Contains(item)).ToArray();
            foreach (var liked in unseen.Where(item => Preference(user, item) > 2))
            {
                foreach (var other in unseen.Where(item => Preference(user, item) <= 2))
                {
                    good += scores[liked] > scores[other] ? 1 : 0;
                    pairs++;
                }
            }
        }
        Assert.True(good / pairs > 0.9, $"area under ROC of unseen preferences {good / pairs}");
    }

    [Fact]
    public void Items_taken_by_the_same_users_are_alike()
    {
        var interactions = Interactions.TwoGroups(90, 40, new Rng(2));
        var model = ImplicitAls.Fit(interactions, new ImplicitAlsOptions { Dimension = 4, Degree = 1 }, new Rng(1), TestContext.Current.CancellationToken);

        Assert.All(model.SimilarItems(3, 10), alike => Assert.True(alike.Item < 20 && alike.Item != 3));
        Assert.True(model.Similarity(3, 5) > model.Similarity(3, 35));
        var all = new float[model.ItemCount];
        model.Similarities(3, all);
        for (var other = 0; other < all.Length; other++) Assert.Equal(model.Similarity(3, other), all[other], 1e-5f);
    }

    [Fact]
    public void Counts_must_be_positive_and_options_sensible()
    {
        var interactions = Csr.FromTriplets(1, 1, [0], [0], [0f]);
        Assert.Throws<ArgumentException>(() => ImplicitAls.Fit(interactions, new ImplicitAlsOptions(), new Rng(1), TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImplicitAls.Fit(interactions, new ImplicitAlsOptions { Regularization = 0 }, new Rng(1), TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => ImplicitAlsModel.FromFactors(new float[65], new ImplicitAlsOptions()));
    }

    private static double Objective(Csr interactions, ImplicitAlsModel model)
    {
        // Users are the exact answer to the items, which is where the sweep after the last would begin.
        var (options, d) = (model.Options, model.Options.Dimension);
        double sum = 0;
        var factors = new float[d];
        for (var user = 0; user < interactions.RowCount; user++)
        {
            var history = interactions.Row(user);
            model.FoldIn(history, factors);
            for (var item = 0; item < model.ItemCount; item++)
            {
                double score = 0;
                for (var k = 0; k < d; k++) score += (double)factors[k] * model.ItemFactors(item)[k];
                var at = history.Columns.BinarySearch(item);
                sum += at < 0 ? options.UnobservedWeight * score * score
                    : (1 + options.CountBoost * Math.Log(history.Values[at]) + options.UnobservedWeight) * (1 - score) * (1 - score);
            }
            sum += options.Regularization * (history.Count + options.UnobservedWeight * model.ItemCount) * Square(factors);
        }
        var items = interactions.Transpose();
        for (var item = 0; item < model.ItemCount; item++)
            sum += options.Regularization * (items.CountOf(item) + options.UnobservedWeight * interactions.RowCount) * Square(model.ItemFactors(item));
        return sum;
    }

    private static double Square(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (var value in x) sum += (double)value * value;
        return sum;
    }
}
