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
        var purchase = Train(PropensityDefinition.Purchase(), features);
        var churn = Train(PropensityDefinition.Churn() with { MinTenureDays = 0 }, features); // the notebook asks newcomers too
        var asked = Train(PropensityDefinition.Churn(), features);

        Assert.Equal((3157, 2735), (purchase.Quality.RowCount, churn.Quality.RowCount));
        Assert.Equal(0.6999, purchase.Baselines["recency_days"], 0.0005);
        Assert.Equal(0.7573, purchase.Baselines["order_count"], 0.0005);
        Assert.True(purchase.Quality.Auc.Point >= 0.7795 - 0.001);
        Assert.True(purchase.Quality.LogLoss.Point <= 0.4451 + 0.001);
        Assert.True(churn.Quality.Auc.Point >= 0.757);
        Assert.True(churn.Quality.LogLoss.Point <= 0.5900);
        Assert.True(asked.Quality.Auc.Point >= 0.757);
        Assert.Equal(3317, purchase.Scores.Count);
        Assert.Equal(3317, asked.Scores.Count + asked.TooEarlyCount);
    }

    private TrainedPropensity Train(PropensityDefinition definition, PropensityFeatures features)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var trained = PropensityTrainer.Train(definition, features, new PropensitySettings(), new Rng(1), ct: TestContext.Current.CancellationToken).Model!;
        output.WriteLine($"{definition.Name} {watch.ElapsedMilliseconds} ms, {trained.Model.EstimatorName}, {trained.ValidationScheme}, {trained.TrainingRowCount} rows");
        foreach (var (name, q) in trained.ByEstimator)
            output.WriteLine($"  {name,-9} n {q.RowCount} auc {q.Auc.Point:0.0000} log-loss {q.LogLoss.Point:0.0000} brier {q.Brier.Point:0.0000} ece {q.CalibrationError:0.000} lift {q.LiftAtTenth.Point:0.00} | validation {trained.ValidationLogLoss[name]:0.0000}");
        return trained;
    }
}
