using System.Text.Json;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Predictions;

public sealed class ModelRegistryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static TrainedVersion Version(int seed, bool isBetter = true)
    {
        var rng = new Rng(seed);
        var points = new Matrix(60, 2, [.. Enumerable.Range(0, 120).Select(_ => (float)rng.NextNormal())]);
        var model = KMeans.Fit(points, new KMeansOptions { ClusterCount = 3 }, rng.Fork(1), null, Ct);
        return new TrainedVersion("k-means", folder => model.Save(folder), new Dictionary<string, double> { ["inertia"] = model.Inertia }, null, isBetter, isBetter ? null : "Worse than the model in use.");
    }

    [Fact]
    public async Task The_first_version_answers_and_a_later_one_only_when_it_is_better()
    {
        await using var store = await TestStore.OpenAsync();
        var registry = store.Get<ModelRegistry>();
        Assert.Null(registry.FindLive("m"));

        Assert.Equal((1, true), await registry.AddAsync("m", 1, ManualClock.Noon, Version(1, isBetter: false), Ct)); // nothing to be worse than
        Assert.Equal((2, false), await registry.AddAsync("m", 2, ManualClock.Noon, Version(2, isBetter: false), Ct));
        Assert.Equal(1, registry.FindLive("m")!.Version);
        Assert.Equal((3, true), await registry.AddAsync("m", 3, ManualClock.Noon, Version(3), Ct));
        Assert.Equal(3, registry.FindLive("m")!.Version);
        Assert.Equal(3, ModelFolder.Load<KMeansModel>(registry.FindLive("m")!.Folder).ClusterCount);
    }

    [Theory, Trait("Promise", "R-57")]
    [InlineData("flipped")]
    [InlineData("truncated")]
    [InlineData("gone")]
    public async Task A_damaged_version_is_passed_over_for_the_one_before(string damage)
    {
        await using var store = await TestStore.OpenAsync();
        var registry = store.Get<ModelRegistry>();
        await registry.AddAsync("m", 1, ManualClock.Noon, Version(1), Ct);
        await registry.AddAsync("m", 2, ManualClock.Noon, Version(2), Ct);
        var weights = Path.Combine(registry.FindLive("m")!.Folder, "weights.safetensors");
        var bytes = await File.ReadAllBytesAsync(weights, Ct);
        switch (damage)
        {
            case "flipped":
                bytes[^1] ^= 1;
                await File.WriteAllBytesAsync(weights, bytes, Ct);
                break;
            case "truncated":
                await File.WriteAllBytesAsync(weights, bytes[..^8], Ct);
                break;
            default:
                Directory.Delete(Path.GetDirectoryName(weights)!, recursive: true);
                break;
        }
        Assert.Equal(1, registry.FindLive("m")!.Version);
    }

    [Fact]
    public async Task A_version_can_be_rolled_back_and_old_files_go()
    {
        await using var store = await TestStore.OpenAsync();
        var registry = store.Get<ModelRegistry>();
        for (var i = 1; i <= 7; i++) await registry.AddAsync("m", i, ManualClock.Noon, Version(i), Ct);

        Assert.True(await registry.RollBackAsync("m", 5, Ct));
        Assert.Equal(5, registry.FindLive("m")!.Version);
        Assert.False(await registry.RollBackAsync("m", 1, Ct)); // its files are gone
        Assert.Equal(["4", "5", "6", "7"], Directory.EnumerateDirectories(Path.Combine(store.Directory.ModelsPath, "m")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Files_that_a_crash_left_half_written_are_overwritten()
    {
        await using var store = await TestStore.OpenAsync();
        var registry = store.Get<ModelRegistry>();
        var folder = Path.Combine(store.Directory.ModelsPath, "m", "1");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "weights.safetensors"), "half", Ct);
        Directory.CreateDirectory(folder + ".partial");

        Assert.Equal((1, true), await registry.AddAsync("m", 1, ManualClock.Noon, Version(1), Ct));
        Assert.NotNull(registry.FindLive("m"));
        Assert.False(Directory.Exists(folder + ".partial"));
    }

    [Fact, Trait("Promise", "R-58")]
    public async Task Nothing_to_learn_from_ends_as_failed_with_the_reason_and_the_live_model_stays()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Ct);
        var rows = await store.Get<TrainModelsHandler>().HandleAsync(new TrainModels(null, Seed: 1), null, Ct);

        Assert.Equal(["segments", "purchase-30", "churn-90", "lifetime-value", "recommendations"], rows.Select(r => r.Model));
        var propensity = rows.Single(r => r.Model == "purchase-30");
        Assert.Null(propensity.Version);
        Assert.False(string.IsNullOrWhiteSpace(propensity.Reason));
        await using var db = await store.ContextAsync();
        Assert.Equal("failed", (await db.TrainingRuns.SingleAsync(r => r.Model == "purchase-30", Ct)).Status);
        Assert.False(await db.ModelHeads.AnyAsync(h => h.Model == "purchase-30", Ct));
    }

    [Fact]
    public async Task The_same_data_and_seed_give_the_same_bytes_whatever_the_number_of_threads()
    {
        var hashes = new List<string>();
        foreach (var degree in new[] { 1, 2 })
        {
            await using var store = await TestStore.OpenAsync();
            await store.Log.AppendAsync(new EventBatch("shop", [.. SmallShop.Events(new Rng(5), customers: 700, days: 400)]), Ct);
            store.Clock.SetTo(SmallShop.Start.AddDays(400));
            var rows = await store.Get<TrainModelsHandler>().HandleAsync(new TrainModels(null, Seed: 3, degree), null, Ct);
            Assert.All(rows, r => Assert.True(r.Promoted, r.Model + ": " + r.Reason));
            await using var db = await store.ContextAsync();
            hashes.Add(string.Join(' ', await db.ModelVersions.OrderBy(v => v.Model).Select(v => v.Model + ":" + v.Sha256).ToListAsync(Ct)));

            await store.Get<ScoreCustomersHandler>().HandleAsync(null, degree, Ct);
            hashes[^1] += store.Dump("CustomerScores", "RecommendationLists");
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task Reasons_add_up_to_the_score()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(new EventBatch("shop", [.. SmallShop.Events(new Rng(6), customers: 700, days: 400)]), Ct);
        store.Clock.SetTo(SmallShop.Start.AddDays(400));
        await store.Get<TrainModelsHandler>().HandleAsync(new TrainModels("purchase-30", Seed: 3), null, Ct);
        await store.Get<ScoreCustomersHandler>().HandleAsync(null, 1, Ct);

        await using var db = await store.ContextAsync();
        var scores = await db.CustomerScores.Where(s => s.Model == "purchase-30").ToListAsync(Ct);
        Assert.NotEmpty(scores);
        Assert.All(scores, score =>
        {
            using var reasons = JsonDocument.Parse(score.Reasons!);
            Assert.Equal(score.Value, reasons.RootElement.EnumerateArray().Sum(r => r.GetProperty("contribution").GetDouble()), 1e-6);
            Assert.InRange(reasons.RootElement.GetArrayLength(), 2, 7); // the average, five at most, and everything else
        });
    }
}
