using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

/// <summary>The shared shop against the figures of the notebook.</summary>
public sealed class PropensitySharedShopTests(ITestOutputHelper output)
{
    [Fact]
    public void Both_propensities_reach_the_notebook_on_the_same_customers()
    {
        var table = OnlineRetail.TableOrSkip();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var features = PropensityFeatures.Build(table, PropensityDefinition.Purchase(), ct: TestContext.Current.CancellationToken);
        output.WriteLine($"features {watch.ElapsedMilliseconds} ms");
        var everybody = PropensityDefinition.Churn() with { MinTenureDays = 0 };
        foreach (var definition in new[] { PropensityDefinition.Purchase(), everybody, PropensityDefinition.Churn() })
        {
            watch.Restart();
            var result = PropensityTrainer.Train(definition, features, new PropensitySettings(), new Rng(1), ct: TestContext.Current.CancellationToken);
            Assert.Null(result.Reason);
            var trained = result.Model!;
            output.WriteLine($"{definition.Name} {watch.ElapsedMilliseconds} ms winner {trained.Model.EstimatorName} {trained.ValidationScheme} rows {trained.TrainingRowCount} tooearly {trained.TooEarlyCount}");
            foreach (var (name, q) in trained.ByEstimator)
                output.WriteLine($"  {name,-9} n {q.RowCount} auc {q.Auc.Point:0.0000} [{q.Auc.Lower:0.000},{q.Auc.Upper:0.000}] logloss {q.LogLoss.Point:0.0000} brier {q.Brier.Point:0.0000} ece {q.CalibrationError:0.000} lift {q.LiftAtTenth.Point:0.00} pr {q.AveragePrecision.Point:0.000} | validation {trained.ValidationLogLoss[name]:0.0000}");
            output.WriteLine("  baselines " + string.Join(", ", trained.Baselines.Select(b => $"{b.Key} {b.Value:0.0000}")));
            output.WriteLine("  drivers " + string.Join(", ", trained.Drivers.Select(b => $"{b.Feature} {b.MeanEffect:0.00}")));
            foreach (var h in trained.History) output.WriteLine($"   {h}");
            foreach (var s in trained.Scores.Take(2)) output.WriteLine($"   {s.Value:0.000} {s.Percentile:0.00} {string.Join("; ", s.Reasons.Select(r => $"{r.Feature}={r.Value:0.#} {r.Contribution:+0.000;-0.000}"))}");
        }
    }
}
