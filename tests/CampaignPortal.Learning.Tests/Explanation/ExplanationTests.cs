using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Explanation;
using CampaignPortal.Learning.Tensors;
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
    public void Integrated_gradients_of_a_known_function_and_of_a_network_add_up()
    {
        var values = new float[3];
        // f = a² + 2b·c from zeros to (3, 1, 5): gradients 2at, 2ct, 2bt integrate to 9, 5 and 5.
        var rest = IntegratedGradients.Of([3, 1, 5], [0, 0, 0], static (Tape tape, in Tensor x) =>
        {
            var (a, b, c) = (tape.Columns(x, 0, 1), tape.Columns(x, 1, 1), tape.Columns(x, 2, 1));
            return tape.Add(tape.Hadamard(a, a), tape.Hadamard(b, c), 2);
        }, values);
        Assert.Equal(0, rest, 1e-4);
        Assert.Equal([9, 5, 5], Array.ConvertAll(values, v => Math.Round(v, 4)));

        var (first, second) = (new Learning.Nn.Linear("a", 3, 8, new Rng(1)), new Learning.Nn.Linear("b", 8, 1, new Rng(2)));
        var missed = IntegratedGradients.Of([1, -2, 0.5f], [0.2f, 0, 0], (Tape tape, in Tensor x) => second.Forward(tape, first.Forward(tape, x, Learning.Nn.Activation.Tanh)), values);
        Assert.Equal(0, missed, 1e-3);
        Assert.All(values, v => Assert.NotEqual(0, v));
        Assert.All(first.Parameters.Concat(second.Parameters), p => p.ClearGradient());
        Assert.Throws<ArgumentException>(() => IntegratedGradients.Of([1], [1, 2], static (Tape _, in Tensor x) => x, new float[1]));
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
