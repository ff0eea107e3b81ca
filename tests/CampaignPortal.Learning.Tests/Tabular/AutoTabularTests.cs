using System.Globalization;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Tabular;

public sealed class AutoTabularTests
{
    private static readonly string[] Names = ["id", "age", "town", "shoe", "note"];
    private static readonly string[] Towns = ["Ulm", "Kiel", "Graz"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Kinds_of_columns_follow_from_training_rows()
    {
        var builder = new TabularSchemaBuilder(Names);
        foreach (var row in Texts(new Rng(1), 300).Rows) builder.See(cell => row[cell]);
        var schema = builder.Build(["shoe"]);
        Assert.Equal(["age", "town"], schema.Columns.Select(c => c.Name));
        Assert.Equal([ColumnKind.Number, ColumnKind.Category], schema.Columns.Select(c => c.Kind));
        Assert.Equal(["id: names rows", "note: constant"], schema.Dropped);
        Assert.Equal(41.5f, schema.Columns[0].Encode(" 41.5 "));
        Assert.True(float.IsNaN(schema.Columns[0].Encode("?")) && float.IsNaN(schema.Columns[1].Encode("Oslo")));
    }

    [Fact]
    public void Whole_numbers_are_codes_where_neighbours_have_nothing_in_common()
    {
        var rng = new Rng(2);
        var (codes, amounts, byCode, byAmount) = (new float[4000], new float[4000], new float[4000], new float[4000]);
        for (var i = 0; i < codes.Length; i++)
        {
            (codes[i], amounts[i]) = (rng.NextInt(200), rng.NextInt(200));
            byCode[i] = rng.NextDouble() < (CounterRng.Uniform(1, 1, (ulong)codes[i]) < 0.5 ? 0.2 : 0.7) ? 1 : 0;
            byAmount[i] = rng.NextDouble() < 0.2 + amounts[i] / 400 ? 1 : 0;
        }
        Assert.True(CodeDetection.IsCode(codes, byCode));
        Assert.False(CodeDetection.IsCode(amounts, byAmount));
    }

    [Fact]
    public void A_stack_of_unlike_candidates_is_calibrated_and_at_least_as_good_as_each()
    {
        var (training, test) = Planted(3, 3000, 8000);
        var fit = AutoTabular.Fit(training, Small, new Rng(1), TimeProvider.System, Ct);
        Assert.Equal("stack", fit.Winner);
        Assert.All(fit.Candidates, c => Assert.True(c.BehindWinner >= 0));
        var p = Predict(fit.Model, test);
        Assert.True(CalibrationMetrics.ExpectedError(test.Labels, p) < 0.03);
        foreach (var candidate in Small.Candidates)
        {
            var alone = AutoTabular.Fit(training, Small with { Candidates = [candidate] }, new Rng(1), TimeProvider.System, Ct);
            Assert.True(BinaryMetrics.LogLoss(test.Labels, p) < BinaryMetrics.LogLoss(test.Labels, Predict(alone.Model, test)) + 0.002);
        }
    }

    [Fact]
    public void Same_bits_for_every_degree_and_after_saving()
    {
        var (training, test) = Planted(4, 800, 200);
        var models = Enumerable.Range(1, 3).Select(d => AutoTabular.Fit(training, Small with { Degree = d }, new Rng(1), TimeProvider.System, Ct).Model).ToArray();
        var first = Predict(models[0], test);
        Assert.All(models, m => Assert.Equal(first, Predict(m, test)));
        using var folder = new TemporaryFolder();
        models[0].Save(folder.Path);
        var loaded = ModelFolder.Load<TabularModel>(folder.Path);
        Assert.Equal(first, Predict(loaded, test));
        Assert.Equal(first[5], loaded.Predict(test.Rows.Row(5)), 1e-6);
        Assert.Equal("Kiel", loaded.Schema.Columns[1].Categories.Order(StringComparer.Ordinal).ElementAt(1));
    }

    [Fact]
    public void Rows_in_order_are_noticed_and_judged_once_more_by_the_newest()
    {
        var (training, _) = Planted(5, 1000, 10);
        for (var i = 0; i < 1000; i++) training.Rows[i, 0] = i / 10;
        var fit = AutoTabular.Fit(training, Small with { Candidates = [TabularCandidates.Logistic] }, new Rng(1), TimeProvider.System, Ct);
        Assert.True(fit.IsOrdered);
        Assert.NotNull(fit.Candidates[0].NewestLogLoss);
    }

    [Fact]
    public void A_budget_without_time_leaves_the_later_candidates_out()
    {
        var (training, _) = Planted(6, 400, 10);
        var fit = AutoTabular.Fit(training, Small with { TimeBudget = TimeSpan.Zero }, new Rng(1), TimeProvider.System, Ct);
        Assert.Single(fit.Candidates);
        Assert.Contains("no time left", fit.Skipped[0], StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AutoTabular.Fit(training with { Labels = new float[400] }, Small, new Rng(1), TimeProvider.System, Ct));
    }

    private static AutoTabularOptions Small => new()
    {
        FoldCount = 3,
        Candidates = [TabularCandidates.Logistic, TabularCandidates.Boosted("trees", new GbdtOptions { MaxRounds = 12, MaxDepth = 3, Patience = 10 })],
    };

    private static float[] Predict(TabularModel model, TabularRows rows)
    {
        var p = new float[rows.Labels.Length];
        model.PredictMany(rows.Rows, p);
        return p;
    }

    /// <summary>A straight line, a town and a step: neither candidate has all of it.</summary>
    private static (TabularRows Training, TabularRows Test) Planted(long seed, int trainingCount, int testCount)
    {
        var (rows, labels) = Texts(new Rng(seed), trainingCount + testCount);
        var builder = new TabularSchemaBuilder(Names);
        foreach (var row in rows) builder.See(cell => row[cell]);
        var schema = builder.Build([]);
        var matrix = new Matrix(rows.Count, schema.Columns.Count, schema.Names);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            schema.Encode(cell => row[cell], matrix.Row(i));
        }
        var all = new TabularRows(schema, matrix, labels);
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        return (all.Select(order[..trainingCount]), all.Select(order[trainingCount..]));
    }

    private static (List<string[]> Rows, float[] Labels) Texts(Rng rng, int count)
    {
        var (rows, labels) = (new List<string[]>(), new float[count]);
        for (var i = 0; i < count; i++)
        {
            var (age, town, shoe) = (20 + 50 * rng.NextDouble(), rng.NextInt(3), rng.NextNormal());
            var z = 0.06 * (age - 45) + (town == 1 ? 0.8 : -0.3) + (shoe is > -0.6 and < 0.6 ? 1.2 : -0.8) + 0.9 * Math.Sin(2 * shoe) * (town == 2 ? 1 : 0);
            labels[i] = rng.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
            rows.Add([string.Create(CultureInfo.InvariantCulture, $"k{i}"), age.ToString("0.0", CultureInfo.InvariantCulture), i % 50 == 7 ? "?" : Towns[town], shoe.ToString("0.000", CultureInfo.InvariantCulture), "x"]);
        }
        return (rows, labels);
    }
}
