using CampaignPortal.Learning.Metrics;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Predictions;

/// <summary>What the pages of a model read and change.</summary>
public sealed class ModelPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<TestStore> TrainedAsync(int trainings)
    {
        var store = await TestStore.OpenAsync(configure: services => services.AddSingleton<ReadModelsHandler>());
        await store.Log.AppendAsync(new EventBatch("shop", [.. SmallShop.Events(new Rng(6), customers: 700, days: 400)]), Ct);
        store.Clock.SetTo(SmallShop.Start.AddDays(400));
        for (var seed = 1; seed <= trainings; seed++) await store.Get<TrainModelsHandler>().HandleAsync(new TrainModels(ModelNames.Purchase, seed), null, Ct);
        await store.Get<ScoreCustomersHandler>().HandleAsync(null, 1, Ct);
        return store;
    }

    [Fact]
    public async Task A_trained_model_tells_gains_groups_drivers_and_the_drift_of_its_inputs()
    {
        await using var store = await TrainedAsync(trainings: 1);
        var page = (await store.Get<ReadModelsHandler>().ReadAsync(ModelNames.Purchase, Ct))!;
        var report = page.Row.Version!.Report;

        Assert.Equal((0, 0.0, 1.0), ((int)report.Gains[0].Share, report.Gains[0].Reached, report.Gains[^1].Reached));
        Assert.Equal(report.Gains.Select(g => g.Reached).Order(), report.Gains.Select(g => g.Reached));
        Assert.Equal(1, report.Drivers.Sum(d => d.Importance), 1e-9);
        Assert.All(report.Drivers, d => Assert.InRange(d.StandardError!.Value, 0, d.Importance));
        Assert.All(report.Groups, g => Assert.True(g.Count >= GroupQuality.MinCount && g.Observed.Lower <= g.Observed.Value && g.Observed.Value <= g.Observed.Upper));
        Assert.Contains(report.Groups, g => g.Trait == "tenure");
        Assert.NotNull(report.StopReason);

        var inputs = page.Drifts[^1].ReadInputs();
        Assert.Contains(inputs, i => i.Feature == "recency_days");
        Assert.All(inputs, i => Assert.True(i.Psi >= 0 && i.Then.Count == i.Edges.Count + 1 && i.MissingNow is >= 0 and <= 1));
        Assert.Equal(inputs.Average(i => i.Psi), page.Row.Drift!.Value, 1e-9);
    }

    [Fact]
    public async Task Two_versions_are_compared_on_the_same_customers_and_a_version_equals_itself()
    {
        await using var store = await TrainedAsync(trainings: 2);
        var compare = store.Get<CompareVersionsHandler>();

        var forward = (await compare.HandleAsync(ModelNames.Purchase, 1, 2, Ct))!;
        var backward = (await compare.HandleAsync(ModelNames.Purchase, 2, 1, Ct))!;
        var self = (await compare.HandleAsync(ModelNames.Purchase, 1, 1, Ct))!;

        Assert.True(forward.Shared!.CustomerCount > 100);
        Assert.Equal(forward.Shared.Auc.Point, -backward.Shared!.Auc.Point, 1e-12);
        Assert.Equal(forward.A.Headline!.Value - forward.B.Headline!.Value, forward.Shared.Auc.Point, 1e-4);
        Assert.Equal((0.0, 0.0, 0.0), (self.Shared!.Auc.Point, self.Shared.Auc.Lower, self.Shared.LogLoss.Upper));
        Assert.Null(await compare.HandleAsync(ModelNames.Purchase, 1, 9, Ct));
    }

    [Fact]
    public async Task A_roll_back_and_the_way_forward_are_audited_with_their_actor()
    {
        await using var store = await TrainedAsync(trainings: 2);
        var handler = store.Get<ActivateModelHandler>();
        var live = store.Get<ModelRegistry>().FindLive(ModelNames.Purchase)!.Version;
        var other = live == 1 ? 2 : 1;

        Assert.True((await handler.HandleAsync(new ActivateModel(ModelNames.Purchase, other, live, "as a trial", "5"), Ct)).IsOk);
        Assert.Equal(other, store.Get<ModelRegistry>().FindLive(ModelNames.Purchase)!.Version);
        Assert.Equal(ActivateModelHandler.Stale, (await handler.HandleAsync(new ActivateModel(ModelNames.Purchase, other, live, null, "5"), Ct)).Problem!.Message);
        Assert.Equal(ActivateModelHandler.AlreadyLive, (await handler.HandleAsync(new ActivateModel(ModelNames.Purchase, other, other, null, "5"), Ct)).Problem!.Message);
        Assert.Equal(ActivateModelHandler.Gone, (await handler.HandleAsync(new ActivateModel(ModelNames.Purchase, 99, other, "x", "5"), Ct)).Problem!.Message);

        await using var db = await store.ContextAsync();
        var entry = await db.AuditEntries.SingleAsync(e => e.Action.StartsWith("models."), Ct);
        Assert.Equal(("5", ModelNames.Purchase, $"v{live} → v{other}: as a trial"), (entry.Actor, entry.Target, entry.Detail));
    }

    [Fact, Trait("Promise", "R-59")]
    public async Task A_version_that_was_judged_worse_needs_a_reason_to_be_switched_on_by_hand()
    {
        await using var store = await TestStore.OpenAsync();
        var registry = store.Get<ModelRegistry>();
        TrainedVersion Version(bool isBetter) => new("k", folder =>
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "weights"), "1");
        }, new Dictionary<string, double>(), null, isBetter, isBetter ? null : "worse");
        await registry.AddAsync("m", 1, ManualClock.Noon, Version(true), Ct);
        await registry.AddAsync("m", 2, ManualClock.Noon, Version(false), Ct);
        await using (var db = await store.ContextAsync())
        {
            db.TrainingRuns.Add(new TrainingRun { Model = "m", Status = TrainingRun.NotPromoted, Options = "{}", Version = 2, Reason = "worse" });
            await db.SaveChangesAsync(Ct);
        }
        var handler = store.Get<ActivateModelHandler>();

        Assert.Equal(ActivateModelHandler.NeedsReason, (await handler.HandleAsync(new ActivateModel("m", 2, 1, " ", "5"), Ct)).Problem!.Message);
        Assert.Equal(1, registry.FindLive("m")!.Version);
        Assert.True((await handler.HandleAsync(new ActivateModel("m", 2, 1, "The old one knows no tea.", "5"), Ct)).IsOk);
        Assert.Equal(2, registry.FindLive("m")!.Version);
        await using var after = await store.ContextAsync();
        Assert.Equal("models.activate", (await after.AuditEntries.SingleAsync(Ct)).Action);
    }

    [Fact]
    public async Task Too_little_data_is_told_with_the_amounts()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddSingleton<ReadModelsHandler>());
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Ct);
        await store.Get<TrainModelsHandler>().HandleAsync(new TrainModels(ModelNames.Purchase, Seed: 1), null, Ct);
        var problem = Assert.Single((await store.Get<ReadModelsHandler>().ReadAsync(ModelNames.Purchase, Ct))!.Row.Problems);
        Assert.EndsWith(".history", problem.Code, StringComparison.Ordinal);
        Assert.Equal(2, problem.Arguments.Count);
    }

    [Fact]
    public async Task A_review_is_kept_with_name_and_version()
    {
        await using var store = await TestStore.OpenAsync();
        var handler = store.Get<ReviewModelHandler>();
        Assert.Null(await handler.LastAsync("m", Ct));
        await handler.HandleAsync(new ReviewModel("m", 3, "5"), Ct);
        Assert.Equal(new ModelReview(3, "5", ManualClock.Noon), await handler.LastAsync("m", Ct));
    }

    [Fact]
    public void The_interval_of_a_difference_of_aucs_covers_it()
    {
        var covered = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var rng = new Rng(seed);
            var labels = Enumerable.Range(0, 300).Select(_ => rng.NextInt(3) is 0 ? 1f : 0f).ToArray();
            var shared = labels.Select(y => y + 1.2 * rng.NextNormal()).ToArray();
            // Two equally good models that share most of their noise: the true difference is zero.
            var a = shared.Select(s => (float)(s + 0.5 * rng.NextNormal())).ToArray();
            var b = shared.Select(s => (float)(s + 0.5 * rng.NextNormal())).ToArray();
            var difference = AucInterval.Difference(labels, a, b);
            Assert.Equal(BinaryMetrics.Auc(labels, a) - BinaryMetrics.Auc(labels, b), difference.Point, 1e-6);
            covered += difference.ExcludesZero ? 0 : 1;
        }
        Assert.InRange(covered, 270, 298); // 95 % of 300 is 285, four standard errors around it
    }

    [Fact]
    public void Drift_is_zero_for_the_same_values_and_sees_missing_ones()
    {
        var values = Enumerable.Range(0, 500).Select(i => (float)i).ToArray();
        var (edges, counts) = InputDrift.Reference(values);
        Assert.Equal(0, InputDrift.Of("f", "t", edges, counts, values).Psi, 1e-9);
        var halfGone = values.Select((v, i) => i % 2 == 0 ? float.NaN : v).ToArray();
        var moved = InputDrift.Of("f", "t", edges, counts, halfGone);
        Assert.True(moved.Psi > InputDrift.Limit);
        Assert.Equal((0.0, 0.5), (moved.MissingThen, moved.MissingNow));
    }
}
