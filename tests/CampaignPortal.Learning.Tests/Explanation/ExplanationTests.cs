using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Explanation;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Explanation;

public sealed class ExplanationTests
{
    private static readonly RowScorer Scorer = static (rows, scores) =>
    {
        for (var i = 0; i < scores.Length; i++) scores[i] = 2 * rows[i, 0] + rows[i, 1] * rows[i, 1];
    };

    [Fact]
    public void A_column_is_worth_what_the_metric_loses_without_it()
    {
        var rows = new Matrix(2000, 3, Samples.Normals(new Rng(1), 6000), ["a", "b", "c"]);
        var labels = new float[2000];
        Scorer(rows, labels);
        var before = rows.Values.ToArray();
        var drops = PermutationImportance.Of(rows, Scorer, s => -s.Zip(labels, (a, b) => Math.Pow(a - b, 2)).Average(), 5, new Rng(2), TestContext.Current.CancellationToken);
        // Exchanged values are independent of the old ones: E(2a − 2a')² = 8 and E(b² − b'²)² = 4.
        Assert.Equal(8, drops[0].Drop, 0.6);
        Assert.Equal(4, drops[1].Drop, 0.6);
        Assert.Equal(0, drops[2].Drop);
        Assert.Equal("b", drops[1].Name);
        Assert.True(drops[1].Deviation is > 0 and < 1);
        Assert.Equal(before, rows.Values.ToArray());
    }

    [Fact]
    public void Curves_follow_the_column_and_their_mean_is_the_dependence()
    {
        var rows = new Matrix(300, 2, Samples.Normals(new Rng(3), 600));
        rows[0, 0] = float.NaN;
        var curve = PartialDependence.Of(rows, Scorer, 0, 11);
        Assert.Equal(11, curve.Grid.Count);
        Assert.Equal(rows.Column(0).Where(v => !float.IsNaN(v)).Min(), curve.Grid[0]);
        Assert.Equal(rows.Column(0).Where(v => !float.IsNaN(v)).Max(), curve.Grid[^1]);
        for (var g = 0; g < 11; g++)
        {
            for (var i = 0; i < 300; i += 50) Assert.Equal(2 * curve.Grid[g] + rows[i, 1] * rows[i, 1], curve.Rows[i, g]);
            Assert.Equal(2 * curve.Grid[g] + rows.Column(1).Average(v => (double)v * v), curve.Mean[g], 1e-5);
        }
        Assert.Throws<ArgumentException>(() => PartialDependence.Of(new Matrix(2, 1, [float.NaN, float.NaN]), Scorer, 0));
    }
}
