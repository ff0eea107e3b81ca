using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Trees;

public sealed class RandomForestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Classes_are_found_and_what_is_out_of_the_bag_foretells_new_rows(bool randomCuts)
    {
        var (rows, test) = (Rows(new Rng(1), 1500), Rows(new Rng(2), 1500));
        var fit = RandomForest.Fit(rows, new ForestOptions { ClassCount = 2, TreeCount = 60, RandomCuts = randomCuts }, new Rng(3), Ct);
        var p = new float[1500];
        fit.Model.PredictMany(test.Rows, p);
        var auc = BinaryMetrics.Auc(test.Labels, p);
        Assert.True(auc > (randomCuts ? 0.85 : 0.9), $"{auc:0.000}"); // random cuts find a product of columns late
        Assert.Equal(randomCuts, fit.OutOfBag is null);
        if (fit.OutOfBag is { } held) Assert.Equal(auc, BinaryMetrics.Auc(rows.Labels, held), 0.02);
        for (var i = 0; i < 20; i++) Assert.Equal(fit.Model.Predict(test.Rows.Row(i)), p[i], 1e-6);
    }

    [Fact]
    public void A_single_deep_tree_on_all_rows_gives_back_means_of_equal_rows()
    {
        var data = new Matrix(40, 1, Enumerable.Range(0, 40).Select(i => (float)(i % 8)).ToArray());
        var labels = Enumerable.Range(0, 40).Select(i => (float)(i * i)).ToArray();
        var model = RandomForest.Fit(new LabelledRows(data, labels), new ForestOptions { TreeCount = 40, RandomCuts = true, MinLeafWeight = 0, MaxDepth = 16 }, new Rng(1), Ct).Model;
        for (var v = 0; v < 8; v++) Assert.Equal(Enumerable.Range(0, 5).Average(k => Math.Pow(8 * k + v, 2)), model.Predict([v]), 1e-3);
    }

    [Fact]
    public void Several_classes_survive_saving_with_the_same_bytes_for_every_degree()
    {
        var (data, labels) = Samples.Blobs(new Rng(4), 300, 5, 4, spread: 1.5);
        var rows = new LabelledRows(data, Array.ConvertAll(labels, l => (float)l));
        var fits = Enumerable.Range(1, 3).Select(d => RandomForest.Fit(rows, new ForestOptions { ClassCount = 4, TreeCount = 20, Degree = d }, new Rng(5), Ct)).ToArray();
        Assert.All(fits, f => Assert.Equal(ModelFolder.ToBytes(fits[0].Model).Weights, ModelFolder.ToBytes(f.Model).Weights));
        Assert.All(fits, f => Assert.Equal(fits[0].OutOfBag, f.OutOfBag));
        using var folder = new TemporaryFolder();
        fits[0].Model.Save(folder.Path);
        var (p, q) = (new float[1200], new float[1200]);
        fits[0].Model.PredictMany(data, p);
        ModelFolder.Load<ForestModel>(folder.Path).PredictMany(data, q, degree: 2);
        Assert.Equal(p, q);
        Assert.True(Enumerable.Range(0, 300).Count(i => p[4 * i + labels[i]] > 0.5) > 270);
        Assert.Throws<InvalidOperationException>(() => fits[0].Model.Predict(data.Row(0)));
        Assert.Throws<ArgumentException>(() => RandomForest.Fit(rows, new ForestOptions { ClassCount = 3 }, new Rng(5), Ct));
    }

    private static LabelledRows Rows(Rng rng, int count)
    {
        var data = new Matrix(count, 6, Samples.Normals(rng, 6 * count));
        var labels = new float[count];
        for (var i = 0; i < count; i++) labels[i] = data[i, 0] * data[i, 1] + 0.3 * rng.NextNormal() > 0 ? 1 : 0;
        return new LabelledRows(data, labels);
    }
}
