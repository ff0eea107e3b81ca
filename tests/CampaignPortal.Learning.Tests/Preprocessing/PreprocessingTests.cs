using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Preprocessing;

public sealed class PreprocessingTests
{
    private const float Missing = float.NaN;

    [Fact]
    public void Each_scaling_does_what_it_says_and_leaves_gaps()
    {
        var data = new Matrix(5, 1, [0, 1, 2, 5, Missing]);
        Assert.Equal([0, 0.2f, 0.4f, 1, Missing], ColumnScaler.Fit(data, Scaling.MinMax).Transform(data).Values.ToArray());
        Assert.Equal([0, 1 / 3f, 2 / 3f, 1, Missing], ColumnScaler.Fit(data, Scaling.Quantile).Transform(data).Values.ToArray());
        Assert.Equal(MathF.Log(6), ColumnScaler.Fit(data, Scaling.Log1p).Transform(data)[3, 0], 1e-6f);
        Assert.Equal(-MathF.Log(3), ColumnScaler.Fit(data, Scaling.Log1p).Transform(new Matrix(1, 1, [-2]))[0, 0], 1e-6f);
        var standard = ColumnScaler.Fit(data, Scaling.Standard).Transform(data);
        Assert.Equal(0, standard.Values[..4].ToArray().Average(), 1e-6);
        Assert.Equal(1, standard.Values[..4].ToArray().Average(v => v * v), 1e-5);
        Assert.Equal([0, 1], ColumnScaler.Fit(data, Scaling.MinMax).Transform(new Matrix(2, 1, [-9, 99])).Values.ToArray()); // clipped outside
    }

    [Fact]
    public void Constant_and_empty_columns_have_a_defined_scale()
    {
        var data = new Matrix(2, 2, [7, Missing, 7, Missing]);
        Assert.Equal([0, Missing, 0, Missing], ColumnScaler.Fit(data, Scaling.Standard).Transform(data).Values.ToArray());
        Assert.Equal([0, Missing, 0, Missing], ColumnScaler.Fit(data, Scaling.MinMax).Transform(data).Values.ToArray());
        Assert.Equal([0.5f, Missing, 0.5f, Missing], ColumnScaler.Fit(data, Scaling.Quantile).Transform(data).Values.ToArray());
        var e = Assert.Throws<ArgumentException>(() => ColumnScaler.Fit(new Matrix(1, 1, [float.PositiveInfinity], ["spend"]), Scaling.Standard));
        Assert.Contains("'spend'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantile_scaling_is_monotone_and_even()
    {
        var data = new Matrix(5000, 1, Samples.Normals(new Rng(1), 5000));
        var scaled = ColumnScaler.Fit(data, Scaling.Quantile).Transform(data).Values.ToArray();
        Assert.Equal(0.5, scaled.Average(), 0.01);
        Assert.Equal(0.25, scaled.Count(v => v < 0.25) / 5000.0, 0.01);
        var order = data.Values.ToArray();
        Array.Sort(order, scaled);
        Assert.True(scaled.Zip(scaled.Skip(1)).All(p => p.First <= p.Second));
    }

    [Fact]
    public void Gaps_get_the_median_and_an_indicator()
    {
        var data = new Matrix(4, 2, [1, 10, Missing, 20, 3, 30, 8, 40], ["age", "visits"]);
        var imputer = Imputer.Fit(data);
        Assert.Equal(["age", "visits", "age is missing"], imputer.OutputNames);
        Assert.Equal([0, 1, 0], imputer.SourceColumns);
        Assert.Equal([1, 10, 0, 3, 20, 1, 3, 30, 0, 8, 40, 0], imputer.Transform(data).Values.ToArray());
        Assert.Equal([3, 25, 1], imputer.Transform(new Matrix(1, 2, [Missing, Missing])).Values.ToArray()); // a gap not seen in training
    }

    [Fact]
    public void Categories_become_columns_and_unseen_ones_are_other()
    {
        var data = new Matrix(5, 2, [1, 0.5f, 1, 0.5f, 2, 0.5f, 2, 0.5f, 3, 0.5f], ["channel", "x"]);
        var encoder = OneHotEncoder.Fit(data, [0], new OneHotOptions { MinRowCount = 2 });
        Assert.Equal(["x", "channel = 1", "channel = 2", "channel = other"], encoder.OutputNames);
        Assert.Equal([0.5f, 0, 1, 0, 0.5f, 0, 0, 1, 0.5f, 0, 0, 0], encoder.Transform(new Matrix(3, 2, [2, 0.5f, 9, 0.5f, Missing, 0.5f])).Values.ToArray());
    }

    [Fact]
    public void Mutual_information_finds_the_column_that_matters()
    {
        var rng = new Rng(2);
        var data = new Matrix(2000, 4, Samples.Normals(rng, 8000));
        var labels = new float[2000];
        for (var i = 0; i < 2000; i++)
        {
            labels[i] = Math.Abs(data[i, 2]) > 0.8 ? 1 : 0; // no linear correlation
            data[i, 3] = 4;
        }
        var selection = FeatureSelection.Fit(data, labels, new FeatureSelectionOptions { MaxColumns = 1 });
        Assert.Equal([2], selection.SourceColumns);
        Assert.True(selection.Information[2] > 0.4);
        Assert.True(selection.Information[0] < 0.01 && selection.Information[1] < 0.01);
        Assert.Equal(0, selection.Information[3]);
        Assert.Equal(Math.Log(2), FeatureSelection.MutualInformation([0, 0, 1, 1], [0, 0, 1, 1], 2), 0.13); // ln 2 less the correction 1/8
    }

    [Fact]
    public void A_pipeline_adds_explanations_up_by_source_and_survives_saving()
    {
        var data = new Matrix(6, 3, [1, 5, 1, Missing, 6, 2, 3, 7, 1, 4, Missing, 2, 5, 9, 3, 6, 3, 1], ["a", "b", "kind"]);
        var imputer = Imputer.Fit(data);
        var encoder = OneHotEncoder.Fit(imputer.Transform(data), [2], new OneHotOptions());
        var scaler = ColumnScaler.Fit(encoder.Transform(imputer.Transform(data)), Scaling.Standard);
        var pipeline = new TransformerPipeline(imputer, encoder, scaler);
        Assert.Equal([0, 1, 0, 1, 2, 2, 2, 2], pipeline.SourceColumns);
        Assert.Equal([4.0, 6.0, 26.0], pipeline.ToSources([1, 2, 3, 4, 5, 6, 7, 8]));
        using var folder = new TemporaryFolder();
        pipeline.Save(folder.Path);
        var loaded = ModelFolder.Load<TransformerPipeline>(folder.Path);
        Assert.Equal(pipeline.Transform(data).Values.ToArray(), loaded.Transform(data).Values.ToArray());
        Assert.Equal(pipeline.OutputNames, loaded.OutputNames);
        Assert.Contains("fitted on 3 columns", Assert.Throws<ArgumentException>(() => loaded.Transform(new Matrix(1, 2))).Message, StringComparison.Ordinal);
    }
}
