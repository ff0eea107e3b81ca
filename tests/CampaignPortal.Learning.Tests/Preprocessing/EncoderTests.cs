using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;

namespace CampaignPortal.Learning.Tests.Preprocessing;

public sealed class EncoderTests
{
    [Fact]
    public void Bins_lie_at_quantiles_or_at_equal_distances()
    {
        var data = new Matrix(8, 1, [0, 1, 2, 3, 4, 5, 6, 100]);
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3], BinEncoder.Fit(data, Binning.Quantile, 4).Transform(data).Values.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 3], BinEncoder.Fit(data, Binning.Uniform, 4).Transform(data).Values.ToArray());
        var outside = BinEncoder.Fit(data, Binning.Quantile, 4).Transform(new Matrix(3, 1, [-5, 1000, float.NaN])).Values.ToArray();
        Assert.Equal([0, 3, float.NaN], outside);
        Assert.Equal([0, 0], BinEncoder.Fit(new Matrix(2, 1, [7, 7]), Binning.Quantile, 5).Transform(new Matrix(2, 1, [7, 7])).Values.ToArray());
    }

    [Fact]
    public void A_robust_scale_does_not_feel_an_outlier()
    {
        var data = new Matrix(5, 1, [1, 2, 3, 4, 1e9f]);
        Assert.Equal([-1f, -0.5f, 0f, 0.5f], ColumnScaler.Fit(data, Scaling.Robust).Transform(data).Values[..4].ToArray());
    }

    [Fact]
    public void Hashed_codes_are_counted_in_their_bucket_and_unseen_ones_need_nothing()
    {
        var encoder = new HashEncoder(["a", "x", "b"], [0, 2], 8);
        var rows = encoder.Transform(new Matrix(3, 3, [5, 0.5f, 7, 5, 0.5f, float.NaN, 5, 0.5f, 123456]));
        Assert.Equal(9, rows.ColumnCount);
        Assert.Equal(0.5f, rows[0, 0]);
        Assert.Equal(1, rows.Row(1)[1..].ToArray().Sum(Math.Abs)); // one code, one bucket
        Assert.Equal(1, rows.Row(0)[1..].ToArray().Zip(rows.Row(1)[1..].ToArray(), (p, q) => Math.Abs(p - q)).Sum()); // the other column adds its own
        var pipeline = new TransformerPipeline(encoder, BinEncoder.Fit(rows, Binning.Uniform, 3));
        using var folder = new TemporaryFolder();
        pipeline.Save(folder.Path);
        Assert.Equal(pipeline.Transform(new Matrix(1, 3, [5, 1, 7])).Values.ToArray(), ModelFolder.Load<TransformerPipeline>(folder.Path).Transform(new Matrix(1, 3, [5, 1, 7])).Values.ToArray());
    }

    [Fact]
    public void Columns_are_chosen_by_any_importance()
    {
        var kept = FeatureSelection.ByImportance(["a", "b", "c"], [0.1, 0.9, 0.5], new FeatureSelectionOptions { MaxColumns = 2 });
        Assert.Equal(["b", "c"], kept.OutputNames);
        Assert.Throws<ArgumentException>(() => FeatureSelection.ByImportance(["a"], [0.1], new FeatureSelectionOptions { MinInformation = 1 }));
    }
}
