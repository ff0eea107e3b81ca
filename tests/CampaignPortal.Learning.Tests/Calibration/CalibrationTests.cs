using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Calibration;

public sealed class CalibrationTests
{
    [Fact]
    public void Each_method_repairs_overconfident_scores_and_keeps_their_order()
    {
        var rng = new Rng(1);
        var (scores, labels) = (new double[8000], new float[8000]);
        for (var i = 0; i < scores.Length; i++)
        {
            var z = 1.5 * rng.NextNormal();
            scores[i] = 3 * z; // log-odds three times too large
            labels[i] = rng.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
        }
        var raw = Array.ConvertAll(scores, s => (float)(1 / (1 + Math.Exp(-s))));
        Assert.True(CalibrationMetrics.ExpectedError(labels, raw) > 0.1);
        var (fit, test) = (4000, scores.AsSpan(4000).ToArray());
        foreach (var calibrator in new ICalibrator[]
        {
            PlattCalibrator.Fit(scores.AsSpan(0, fit), labels.AsSpan(0, fit)),
            IsotonicCalibrator.Fit(scores.AsSpan(0, fit), labels.AsSpan(0, fit)),
            TemperatureCalibrator.Fit(scores.AsSpan(0, fit), labels.AsSpan(0, fit)),
        })
        {
            var p = Array.ConvertAll(test, s => (float)calibrator.Calibrate(s));
            Assert.InRange(CalibrationMetrics.ExpectedError(labels.AsSpan(fit), p), 0, 0.03);
            var sorted = test.Order().Select(calibrator.Calibrate).ToArray();
            Assert.True(sorted.Zip(sorted.Skip(1)).All(pair => pair.First <= pair.Second + 1e-12));
        }
    }

    [Fact]
    public void Calibrators_survive_saving()
    {
        double[] scores = [-2, -1, 0, 1, 2, 3];
        float[] labels = [0, 0, 1, 0, 1, 1];
        Check(IsotonicCalibrator.Fit(scores, labels), scores);
        Check(PlattCalibrator.Fit(scores, labels), scores);
        Check(TemperatureCalibrator.Fit(scores, labels), scores);

        static void Check<T>(T model, double[] scores) where T : ICalibrator, IStorable<T>
        {
            using var folder = new TemporaryFolder();
            model.Save(folder.Path);
            Assert.Equal(Array.ConvertAll(scores, model.Calibrate), Array.ConvertAll(scores, ModelFolder.Load<T>(folder.Path).Calibrate));
        }
    }

    [Fact]
    public void Degenerate_scores_have_a_defined_result()
    {
        var constant = PlattCalibrator.Fit([2, 2, 2, 2], [0, 0, 0, 1]);
        Assert.Equal(0.3, constant.Calibrate(2), 0.05); // smoothed 1 of 4
        Assert.Equal(0.25, IsotonicCalibrator.Fit([2, 2, 2, 2], [0, 0, 0, 1]).Calibrate(7));
        Assert.Throws<ArgumentException>(() => PlattCalibrator.Fit([1, 2], [1, 1]));
        Assert.Throws<ArgumentException>(() => IsotonicCalibrator.Fit([double.NaN], [1]));
    }
}
