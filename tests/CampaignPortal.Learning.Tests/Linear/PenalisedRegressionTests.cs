using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Linear;

public sealed class PenalisedRegressionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void An_elastic_net_meets_the_optimality_conditions_of_its_loss()
    {
        var (data, targets) = Line(new Rng(1), 400, [2, -1, 0, 0.05, 0]);
        var options = new LinearOptions { L1 = 30, L2 = 10, Standardize = false };
        var model = LinearRegression.Fit(data, targets, [], options, Ct);
        for (var j = 0; j < data.ColumnCount; j++)
        {
            double slope = 0; // of the smooth part: Σ x·(prediction − y) + L2·w must be −L1·sign(w), or within ±L1 at 0
            for (var i = 0; i < data.RowCount; i++) slope += data[i, j] * (model.Predict(data.Row(i)) - targets[i]);
            slope += options.L2 * model.Weights[j];
            if (model.Weights[j] == 0) Assert.InRange(slope, -30.01, 30.01);
            else Assert.Equal(-30 * Math.Sign(model.Weights[j]), slope, 0.02);
        }
        Assert.Contains(0, model.Weights);
        Assert.True(model.Converged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Newton_and_LBFGS_find_the_same_logistic_weights(double l1)
    {
        var (data, labels) = Samples.Logistic(new Rng(2), 3000, 1, -0.5, 0, 0.02, 0.3);
        var options = new LogisticOptions { L1 = l1, L2 = 2, Standardize = false, GradientTolerance = 1e-8 };
        var newton = LogisticRegression.Fit(data, labels, options, Ct);
        var sparse = LogisticRegression.Fit(Sparse(data), labels, [], options, Ct);
        for (var j = 0; j < 4; j++) Assert.Equal(newton.Weights[j], sparse.Weights[j], 1e-4);
        Assert.Equal(newton.Intercept, sparse.Intercept, 1e-4);
        Assert.Equal(l1 > 0, sparse.Weights.Contains(0));
        Assert.Equal(newton.LogOdds(data.Row(3)), sparse.LogOdds(Sparse(data).Row(3)), 1e-3);
    }

    [Fact]
    public void Wide_dense_rows_are_fitted_like_narrow_ones()
    {
        var (data, labels) = Samples.Logistic(new Rng(3), 1500, 1, -2, 0.5, 0.3);
        var wide = new Matrix(1500, 300);
        for (var i = 0; i < 1500; i++) for (var j = 0; j < 300; j++) wide[i, j] = j < 3 ? data[i, j] * 50 + 7 : 0;
        var (narrow, same) = (LogisticRegression.Fit(data, labels, new LogisticOptions(), Ct), LogisticRegression.Fit(wide, labels, new LogisticOptions(), Ct));
        for (var j = 0; j < 3; j++) Assert.Equal(narrow.Weights[j], same.Weights[j] * 50, 1e-3);
        Assert.All(same.Weights.Skip(3), w => Assert.Equal(0, w));
    }

    [Fact]
    public void Softmax_over_two_classes_is_a_logistic_regression_of_half_the_penalty()
    {
        // Two symmetric weight vectors ±w/2 cost ½·λ·2·|w/2|² = ½·(λ/2)·|w|².
        var (data, labels) = Samples.Logistic(new Rng(4), 2000, 1, -1, 0.4);
        var binary = LogisticRegression.Fit(data, labels, new LogisticOptions { L2 = 3 }, Ct);
        var softmax = SoftmaxRegression.Fit(data, Array.ConvertAll(labels, y => (int)y), [], new LogisticOptions { L2 = 6, GradientTolerance = 1e-8 }, Ct);
        var p = new float[2];
        for (var i = 0; i < 50; i++)
        {
            softmax.Predict(data.Row(i), p);
            Assert.Equal(binary.Predict(data.Row(i)), p[1], 1e-4);
        }
    }

    [Fact]
    public void Poisson_rates_and_their_exposures_are_recovered()
    {
        var rng = new Rng(5);
        var data = new Matrix(20_000, 2, Samples.Normals(rng, 40_000));
        var (rates, exposures) = (new float[20_000], new float[20_000]);
        for (var i = 0; i < rates.Length; i++)
        {
            exposures[i] = 0.5f + 2 * rng.NextSingle();
            rates[i] = Poisson(rng, exposures[i] * Math.Exp(0.4 * data[i, 0] - 0.7 * data[i, 1] + 0.2)) / exposures[i];
        }
        var model = PoissonRegression.Fit(data, rates, exposures, new LinearOptions(), Ct);
        Assert.Equal(0.4, model.Weights[0], 0.03);
        Assert.Equal(-0.7, model.Weights[1], 0.03);
        Assert.Equal(0.2, model.Intercept, 0.03);
    }

    [Fact]
    public void Same_bits_for_every_degree_and_after_saving()
    {
        var (data, targets) = Line(new Rng(6), 9000, [1, -1, 0.5]);
        var classes = Array.ConvertAll(targets, y => y > 1 ? 2 : y > 0 ? 1 : 0);
        var linear = Enumerable.Range(1, 3).Select(d => ModelFolder.ToBytes(LinearRegression.Fit(data, targets, [], new LinearOptions { L1 = 5, Degree = d }, Ct)).Weights).ToArray();
        var softmax = Enumerable.Range(1, 3).Select(d => SoftmaxRegression.Fit(data, classes, [], new LogisticOptions { Degree = d }, Ct)).ToArray();
        Assert.All(linear, b => Assert.Equal(linear[0], b));
        Assert.All(softmax, m => Assert.Equal(softmax[0].WeightsOf(1).ToArray(), m.WeightsOf(1).ToArray()));
        using var folder = new TemporaryFolder();
        softmax[0].Save(folder.Path);
        Assert.Equal(softmax[0].WeightsOf(2).ToArray(), ModelFolder.Load<SoftmaxModel>(folder.Path).WeightsOf(2).ToArray());
    }

    [Fact]
    public void Bad_targets_are_named()
    {
        var data = new Matrix(3, 1, [1, 2, 3]);
        Assert.Contains("row 1 has -2", Assert.Throws<ArgumentException>(() => PoissonRegression.Fit(data, [1, -2, 0], [], new LinearOptions(), Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("Class 1 of 3", Assert.Throws<ArgumentException>(() => SoftmaxRegression.Fit(data, [0, 2, 0], [], new LogisticOptions(), Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("All row weights are 0", Assert.Throws<ArgumentException>(() => LinearRegression.Fit(data, [1, 2, 3], [0, 0, 0], new LinearOptions(), Ct)).Message, StringComparison.Ordinal);
    }

    private static (Matrix Data, float[] Targets) Line(Rng rng, int rowCount, double[] weights)
    {
        var data = new Matrix(rowCount, weights.Length, Samples.Normals(rng, rowCount * weights.Length));
        var targets = new float[rowCount];
        for (var i = 0; i < rowCount; i++) targets[i] = (float)(weights.Select((w, j) => w * data[i, j]).Sum() + 0.3 * rng.NextNormal());
        return (data, targets);
    }

    private static Csr Sparse(Matrix data)
    {
        var cells = Enumerable.Range(0, data.RowCount * data.ColumnCount).ToArray();
        return Csr.FromTriplets(data.RowCount, data.ColumnCount, Array.ConvertAll(cells, c => c / data.ColumnCount), Array.ConvertAll(cells, c => c % data.ColumnCount), data.Values);
    }

    private static int Poisson(Rng rng, double mean)
    {
        var (count, product, limit) = (0, rng.NextDouble(), Math.Exp(-mean));
        for (; product > limit; count++) product *= rng.NextDouble();
        return count;
    }
}
