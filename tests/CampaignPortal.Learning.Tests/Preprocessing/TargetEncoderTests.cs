using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Preprocessing;

public sealed class TargetEncoderTests
{
    [Fact]
    public void Means_are_smoothed_and_unknown_codes_get_the_overall_one()
    {
        var data = new Matrix(5, 1, [0, 0, 1, 1, 1]);
        var encoder = TargetEncoder.Fit(data, [1, 0, 1, 1, 1], [0], new TargetEncoderOptions { Smoothing = 2 });
        var got = encoder.Transform(new Matrix(4, 1, [0, 1, 9, float.NaN])).Values.ToArray();
        float[] expected = [(1 + 2 * 0.8f) / 4, (3 + 2 * 0.8f) / 5, 0.8f, 0.8f];
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], got[i], 1e-6);
    }

    [Fact]
    public void Out_of_fold_rates_of_chance_categories_say_nothing_about_their_own_rows()
    {
        var rng = new Rng(1);
        var (data, labels) = (new Matrix(4000, 1), new float[4000]);
        for (var i = 0; i < labels.Length; i++) (data[i, 0], labels[i]) = (rng.NextInt(1000), rng.NextInt(2));
        var (encoder, training) = TargetEncoder.FitTransform(data, labels, [0], new TargetEncoderOptions { Smoothing = 1 }, new Rng(2));
        Assert.InRange(BinaryMetrics.Auc(labels, training.Column(0)), 0.45, 0.55);
        Assert.True(BinaryMetrics.Auc(labels, encoder.Transform(data).Column(0)) > 0.7); // what would leak
    }
}
