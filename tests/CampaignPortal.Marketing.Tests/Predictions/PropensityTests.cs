using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

/// <summary>A shop of 500 customers, half of whom come every three weeks and half every four months.</summary>
public sealed class PropensityTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<EventTable> Shop = new(() => Build(500, 300, seed: 5));

    private static EventTable Build(int customerCount, int dayCount, long seed, Func<int, double>? gapOf = null, double bigSpenderAmount = 50)
    {
        var builder = new EventTableBuilder { AsOf = Begin.AddDays(dayCount) };
        var rng = new Rng(seed);
        var item = builder.Item("x", "thing");
        for (var customer = 0; customer < customerCount; customer++)
        {
            var gap = gapOf?.Invoke(customer) ?? (customer % 2 == 0 ? 21 : 120);
            var order = 0;
            for (var day = rng.NextDouble() * 60; day < dayCount; day += -gap * Math.Log(1 - rng.NextDouble()))
                builder.Add($"c{customer}", Begin.AddDays(day), EventKind.OrderPlaced, item, $"o{customer}-{order++}", 1, customer % 2 == 0 ? 20 : bigSpenderAmount);
        }
        return builder.Build();
    }

    private static TrainingResult<TrainedPropensity> Train(EventTable table, PropensityDefinition? definition = null, PropensityModel? live = null, int degree = 1, long seed = 3)
    {
        var asked = definition ?? PropensityDefinition.Purchase();
        var features = PropensityFeatures.Build(table, asked, degree, TestContext.Current.CancellationToken);
        return PropensityTrainer.Train(asked, features, new PropensitySettings { Degree = degree, MaxEpochs = 8 }, new Rng(seed), live, ct: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void It_learns_who_comes_often_beats_the_base_rate_and_is_calibrated()
    {
        var trained = Train(Shop.Value).Model!;

        Assert.True(trained.Quality.Auc.Lower > 0.7);
        Assert.True(trained.Quality.CalibrationError < 0.1); // of 500 rows in ten bins: even true probabilities are off by 0.055 ± 0.013
        Assert.True(trained.Quality.LiftAtTenth.Point > 1.3);
        var rate = trained.Quality.PositiveRate;
        Assert.True(trained.Quality.LogLoss.Point < -(rate * Math.Log(rate) + (1 - rate) * Math.Log(1 - rate)));
        Assert.Equal(4, trained.ByEstimator.Count);
        Assert.Equal(trained.ValidationLogLoss.MinBy(v => v.Value).Key, trained.Model.EstimatorName);
        Assert.Contains(trained.History, h => h.Estimator == Scorer.Network && h.TrainingLoss is not null);
        Assert.Contains(trained.History, h => h.Estimator == Scorer.Linear);
        Assert.Equal(PropensityTrainer.ByTime, trained.ValidationScheme);
        Assert.True(trained.Drivers.Zip(trained.Drivers.Skip(1)).All(pair => pair.First.MeanEffect >= pair.Second.MeanEffect));
    }

    [Fact]
    public void Reasons_of_every_customer_add_up_to_the_score_in_at_most_five_and_two_rows()
    {
        var trained = Train(Shop.Value).Model!;
        foreach (var score in trained.Scores)
        {
            Assert.InRange(score.Reasons.Count, 3, 7);
            Assert.Equal(score.Value, score.Reasons.Sum(r => r.Contribution), 1e-9);
            Assert.Equal(ScoreReason.Average, score.Reasons[0].Feature);
            Assert.Equal(ScoreReason.EverythingElse, score.Reasons[^1].Feature);
            Assert.InRange(score.Value, 0, 1);
            Assert.True(score.Lower <= score.Upper);
        }
        Assert.Equal(trained.Scores.Average(s => s.Value), trained.Scores[0].Reasons[0].Contribution, 1e-9);
    }

    [Fact]
    public void Churn_does_not_ask_newcomers_and_the_two_answers_are_each_others_complement()
    {
        var table = Shop.Value;
        var churn = Train(table, PropensityDefinition.Churn(60)).Model!;
        var all = Train(table, PropensityDefinition.Churn(60) with { MinTenureDays = 0 }).Model!;
        var buys = Train(table, PropensityDefinition.Purchase(60)).Model!;

        Assert.Equal(all.Scores.Count, churn.Scores.Count + churn.TooEarlyCount);
        Assert.Equal(1, all.Quality.PositiveRate + buys.Quality.PositiveRate, 1e-9);
        Assert.Equal("churn-60", churn.Model.Facts.Definition.Name);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_with_one_two_and_three_threads_and_they_come_back()
    {
        var trained = Enumerable.Range(1, 3).Select(degree => Train(Shop.Value, degree: degree).Model!).ToArray();
        var files = trained.Select(t => ModelFolder.ToBytes(t.Model)).ToArray();
        Assert.All(files, file => Assert.Equal(files[0].Weights, file.Weights));
        Assert.All(files, file => Assert.Equal(files[0].Manifest, file.Manifest));
        Assert.Single(trained.Select(t => t.Fingerprint).Distinct());

        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        trained[0].Model.Save(folder);
        var restored = ModelFolder.Load<PropensityModel>(folder);
        Directory.Delete(folder, recursive: true);
        var scores = PropensityScorer.Score(restored, Shop.Value, new PropensitySettings(), ct: TestContext.Current.CancellationToken);
        Assert.Equal(trained[0].Scores.Select(s => (s.CustomerId, s.Value, s.Percentile)), scores.Select(s => (s.CustomerId, s.Value, s.Percentile)));
        Assert.Equal(trained[0].Scores.Select(s => s.Reasons[1]), scores.Select(s => s.Reasons[1]));
    }

    [Fact]
    public void A_customer_scored_alone_gets_the_score_of_the_batch()
    {
        var trained = Train(Shop.Value).Model!;
        var alone = PropensityScorer.Score(trained.Model, Build(1, 300, seed: 5), new PropensitySettings(), isEverybody: false, TestContext.Current.CancellationToken).Single();
        var inBatch = trained.Scores.Single(s => s.CustomerId == alone.CustomerId);

        Assert.Equal(inBatch.Value, alone.Value, 1e-6);
        Assert.Equal(inBatch.Percentile, alone.Percentile, 0.03);
        Assert.Equal(inBatch.Reasons[0].Contribution, alone.Reasons[0].Contribution, 1e-9);
    }

    [Fact, Trait("Promise", "R-58")]
    public void Empty_one_class_and_constant_data_end_in_words()
    {
        var empty = Train(new EventTableBuilder().Build());
        Assert.Equal(TrainingOutcome.NotEnoughData, empty.Outcome);
        Assert.Contains("Needs orders over 120 days", empty.Reason, StringComparison.Ordinal);

        var everyWeek = Train(Build(300, 300, seed: 1, gapOf: _ => 0.5));
        Assert.Equal(TrainingOutcome.FailedOnData, everyWeek.Outcome);
        Assert.Contains("the same answer (yes)", everyWeek.Reason, StringComparison.Ordinal);

        var few = Train(Build(20, 300, seed: 1));
        Assert.Equal(TrainingOutcome.NotEnoughData, few.Outcome);
        Assert.Equal(20, few.Fallback.Count);
        Assert.All(few.Fallback, row => Assert.InRange(row.Value, 0, 1));
    }

    [Fact, Trait("Promise", "R-59")]
    public void A_challenger_takes_over_within_the_tolerance_only()
    {
        var live = Train(Shop.Value).Model!;
        Assert.True(live.Promotion.IsPromoted);
        Assert.True(Train(Shop.Value, live: live.Model).Model!.Promotion.IsPromoted);

        Assert.True(PromotionDecision.Of(0.451, 0.450, 0.003).IsPromoted);
        var worse = PromotionDecision.Of(0.460, 0.450, 0.003);
        Assert.False(worse.IsPromoted);
        Assert.Contains("0.4600 against 0.4500", worse.Reason, StringComparison.Ordinal);

        var later = Train(Build(500, 360, seed: 5), live: live.Model).Model!; // other test rows: the live model is asked for them
        Assert.Contains("on the same customers", later.Promotion.Reason, StringComparison.Ordinal);
    }
}
