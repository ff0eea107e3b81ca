using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Linear;

public sealed class LogisticRegressionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Known_weights_are_recovered()
    {
        double[] truth = [1.5, -0.8, 0, 0.4, -0.3];
        var (data, labels) = Samples.Logistic(new Rng(1), 40_000, truth);
        var model = LogisticRegression.Fit(data, labels, new LogisticOptions(), Ct);
        for (var j = 0; j < 4; j++) Assert.Equal(truth[j], model.Weights[j], 0.06);
        Assert.Equal(truth[4], model.Intercept, 0.06);
        Assert.True(model.Converged);
        Assert.InRange(model.Iterations, 2, 9);
    }

    [Fact]
    public void Contributions_add_up_to_the_log_odds_above_the_average_row()
    {
        var (data, labels) = Samples.Logistic(new Rng(2), 2000, 1, 2, -1, 0.5);
        var model = LogisticRegression.Fit(data, labels, new LogisticOptions(), Ct);
        for (var i = 0; i < 100; i++) Assert.Equal(model.LogOdds(data.Row(i)) - model.AverageLogOdds, model.Explain(data.Row(i)).Sum(), 1e-9);
    }

    [Fact]
    public void Units_of_a_column_do_not_matter()
    {
        var (data, labels) = Samples.Logistic(new Rng(3), 3000, 1, -1, 0.2);
        var scaled = new Matrix(data.RowCount, 2);
        for (var i = 0; i < data.RowCount; i++) (scaled[i, 0], scaled[i, 1]) = (data[i, 0] * 1000 + 5e4f, data[i, 1]);
        var (a, b) = (LogisticRegression.Fit(data, labels, new LogisticOptions(), Ct), LogisticRegression.Fit(scaled, labels, new LogisticOptions(), Ct));
        Assert.Equal(a.Weights[0], b.Weights[0] * 1000, 1e-3);
        Assert.Equal(a.Predict(data.Row(7)), b.Predict(scaled.Row(7)), 1e-4);
    }

    [Fact]
    public void Doubling_all_row_weights_equals_duplicating_the_rows()
    {
        var (data, labels) = Samples.Logistic(new Rng(4), 500, 1, -1, 0.2);
        var twice = data.SelectRows([.. Enumerable.Range(0, 500), .. Enumerable.Range(0, 500)]);
        var weights = Enumerable.Repeat(2f, 500).ToArray();
        var a = LogisticRegression.Fit(data, labels, weights, new LogisticOptions(), null, Ct);
        var b = LogisticRegression.Fit(twice, [.. labels, .. labels], new LogisticOptions(), Ct);
        Assert.Equal(a.Weights[0], b.Weights[0], 1e-5);
        Assert.Equal(a.Intercept, b.Intercept, 1e-5);
    }

    [Fact]
    public void The_same_data_give_the_same_bytes_for_every_degree()
    {
        var (data, labels) = Samples.Logistic(new Rng(5), 20_000, 1, 2, -1, 0.5, 0.1, 0);
        var bytes = Enumerable.Range(1, 3).Select(d => ModelFolder.ToBytes(LogisticRegression.Fit(data, labels, new LogisticOptions { Degree = d }, Ct))).ToArray();
        Assert.All(bytes, b => Assert.Equal(bytes[0].Weights, b.Weights));
        Assert.All(bytes, b => Assert.Equal(bytes[0].Manifest, b.Manifest));
    }

    [Fact]
    public void A_constant_column_gets_weight_zero_and_collinear_columns_share_one()
    {
        var (data, labels) = Samples.Logistic(new Rng(6), 2000, 1.5, 0);
        var wide = new Matrix(2000, 3);
        for (var i = 0; i < 2000; i++) (wide[i, 0], wide[i, 1], wide[i, 2]) = (data[i, 0], 3, data[i, 0]);
        var model = LogisticRegression.Fit(wide, labels, new LogisticOptions { L2 = 0 }, Ct);
        Assert.Equal(0, model.Weights[1]);
        Assert.Equal(1.5, model.Weights[0] + model.Weights[2], 0.2);
    }

    [Fact]
    public void Separable_classes_without_penalty_end_with_finite_weights()
    {
        var data = new Matrix(6, 1, [-3, -2, -1, 1, 2, 3]);
        var model = LogisticRegression.Fit(data, [0, 0, 0, 1, 1, 1], new LogisticOptions { L2 = 0 }, Ct);
        Assert.True(double.IsFinite(model.Weights[0]) && model.Weights[0] > 5);
        Assert.True(model.Predict([2]) > 0.999);
    }

    [Fact]
    public void Bad_input_is_refused_with_its_remedy()
    {
        var data = new Matrix(4, 1, [1, 2, 3, 4], ["age"]);
        Assert.Contains("All rows have the label 0", Assert.Throws<ArgumentException>(() => LogisticRegression.Fit(data, new float[4], new LogisticOptions(), Ct)).Message, StringComparison.Ordinal);
        Assert.Contains("row 1 has 0.5", Assert.Throws<ArgumentException>(() => LogisticRegression.Fit(data, [0, 0.5f, 1, 1], new LogisticOptions(), Ct)).Message, StringComparison.Ordinal);
        data[2, 0] = float.NaN;
        Assert.Contains("'age'", Assert.Throws<ArgumentException>(() => LogisticRegression.Fit(data, [0, 1, 0, 1], new LogisticOptions(), Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_survives_saving()
    {
        var (data, labels) = Samples.Logistic(new Rng(7), 500, 1, -1, 0.2);
        var model = LogisticRegression.Fit(data, labels, new LogisticOptions(), Ct);
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        var loaded = ModelFolder.Load<LogisticModel>(folder.Path);
        for (var i = 0; i < 50; i++) Assert.Equal(model.LogOdds(data.Row(i)), loaded.LogOdds(data.Row(i)));
    }

    [Fact]
    public void It_beats_chance_and_knows_by_how_much()
    {
        var (data, labels) = Samples.Logistic(new Rng(8), 4000, 1, 0.5, -1);
        var model = LogisticRegression.Fit(data.SelectRows(Enumerable.Range(0, 2000).ToArray()), labels.AsSpan(0, 2000), new LogisticOptions(), Ct);
        var test = data.SelectRows(Enumerable.Range(2000, 2000).ToArray());
        var p = new float[2000];
        model.PredictMany(test, p);
        var auc = AucInterval.DeLong(labels.AsSpan(2000), p);
        Assert.True(auc.Lower > 0.7 && auc.Upper < 0.85 && auc.Lower < auc.Point && auc.Point < auc.Upper);
    }
}
