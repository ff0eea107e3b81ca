using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Tests.Ranking;
using CampaignPortal.Statistics.Random;
using MathNet.Numerics.LinearAlgebra;

namespace CampaignPortal.Learning.Tests.Factorization;

public sealed class ClosedFormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(150)]
    public void The_blocked_inverse_is_the_inverse(int size)
    {
        var rng = new Rng(size);
        var root = Matrix<double>.Build.Dense(size, size, (_, _) => rng.NextNormal());
        var matrix = root.TransposeThisAndMultiply(root) + Matrix<double>.Build.DiagonalIdentity(size) * size;
        var values = matrix.ToRowMajorArray().Select(v => (float)v).ToArray();

        Ease.Invert(values, size, TestContext.Current.CancellationToken);

        var expected = matrix.Inverse();
        for (var i = 0; i < values.Length; i++) Assert.Equal(expected[i / size, i % size], values[i], 2e-6);
    }

    [Fact]
    public void Triples_teach_what_users_like()
    {
        var interactions = Interactions.TwoGroups(60, 40, new Rng(3));
        var model = Bpr.Fit(interactions, new BprOptions { Dimension = 8, Epochs = 40 }, new Rng(1), TestContext.Current.CancellationToken);
        var again = Bpr.Fit(interactions, new BprOptions { Dimension = 8, Epochs = 40 }, new Rng(1), TestContext.Current.CancellationToken);
        double right = 0, pairs = 0;
        var (scores, scoresAgain) = (new float[40], new float[40]);
        for (var user = 0; user < 60; user++)
        {
            model.Score(user, scores);
            again.Score(user, scoresAgain);
            Assert.Equal(scores, scoresAgain);
            var known = interactions.Row(user).Columns.ToArray().ToHashSet();
            var (own, other) = user % 2 == 0 ? (0, 20) : (20, 0);
            foreach (var item in Enumerable.Range(own, 20).Where(item => !known.Contains(item)))
            {
                right += Enumerable.Range(other, 20).Where(strange => !known.Contains(strange)).Count(strange => scores[item] > scores[strange]);
                pairs += Enumerable.Range(other, 20).Count(strange => !known.Contains(strange));
            }
        }
        Assert.True(right / pairs > 0.9, $"{right / pairs}");
    }

    [Fact]
    public void The_first_component_is_the_direction_of_greatest_spread()
    {
        var rng = new Rng(8);
        var values = new float[400 * 3];
        for (var row = 0; row < 400; row++)
        {
            var along = 5 * rng.NextNormal();
            for (var j = 0; j < 3; j++) values[row * 3 + j] = (float)(10 + along * (j == 2 ? -2 : 1) / Math.Sqrt(6) + 0.1 * rng.NextNormal());
        }
        var pca = Pca.Fit(new CampaignPortal.Learning.Data.Matrix(400, 3, values), 2);

        Assert.Equal([-1 / Math.Sqrt(6), -1 / Math.Sqrt(6), 2 / Math.Sqrt(6)], pca.Components[0], (a, b) => Math.Abs(a - b) < 0.01);
        Assert.True(pca.ExplainedVarianceRatio[0] > 0.99);
        Assert.Equal(0, pca.Transform([.. pca.Mean.Select(m => (float)m)])[0], 1e-5);
        Assert.Throws<ArgumentException>(() => Pca.Fit(new CampaignPortal.Learning.Data.Matrix(1, 3), 1));
    }
}
