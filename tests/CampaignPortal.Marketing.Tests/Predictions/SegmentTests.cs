using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.Segmentation;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

public sealed class SegmentTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static TrainingResult<TrainedSegments> Train(EventTable table, SegmentSettings? settings = null, SegmentModel? previous = null, long seed = 1) =>
        SegmentTrainer.Train(table, settings ?? new SegmentSettings(), new Rng(seed), previous, TestContext.Current.CancellationToken);

    [Fact]
    public void The_shared_shop_reaches_the_published_inertias()
    {
        var table = OnlineRetail.TableOrSkip();
        double[] published = [5005.281, 3745.919, 2994.190, 2558.228, 2260.021, 2045.304, 1880.879];
        for (var k = 2; k <= 8; k++)
        {
            var trained = Train(table, new SegmentSettings { ClusterCount = k, StabilityFitCount = 0 }).Model!;
            output.WriteLine($"k {k}: {trained.Model.Clusters.Inertia:0.000} (published {published[k - 2]:0.000})");
            Assert.True(trained.Model.Clusters.Inertia <= published[k - 2] * 1.001);
        }
    }

    [Fact]
    public void Segments_of_the_shared_shop_have_names_of_their_own_in_both_languages()
    {
        var table = OnlineRetail.TableOrSkip();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var trained = Train(table).Model!;
        output.WriteLine($"{watch.ElapsedMilliseconds} ms, k {trained.Model.Clusters.ClusterCount}, silhouette {trained.Silhouette:0.0000}, stability {trained.Stability:0.00}");
        for (var k = 3; k <= 10; k++)
        {
            var profiles = Train(table, new SegmentSettings { ClusterCount = k, StabilityFitCount = 0 }).Model!.Profiles;
            output.WriteLine(string.Join(" | ", profiles.Select(p => $"{p.Segment.Name.English} {p.Segment.Name.Chinese} {p.CustomerCount}")));
            Assert.Equal(k, profiles.Select(p => p.Segment.Name.English).Distinct().Count());
            Assert.Equal(k, profiles.Select(p => p.Segment.Name.Chinese).Distinct().Count());
            Assert.Equal(3317, profiles.Sum(p => p.CustomerCount));
        }
        Assert.Equal(4, trained.Model.Clusters.ClusterCount);
        Assert.Equal(0.3619, trained.Silhouette, 0.001);
        Assert.Equal(3317, trained.SegmentOf.Count);
        Assert.True(trained.Stability > 0.8);
        Assert.Equal(1, trained.Profiles.Sum(p => p.RevenueShare), 1e-9);
    }

    [Fact]
    public void Names_and_numbers_survive_a_retrain_with_another_seed_and_newer_orders()
    {
        var table = OnlineRetail.TableOrSkip();
        var before = Train(Until(table, table.AsOf.AddDays(-30))).Model!;
        var after = Train(table, new SegmentSettings { ClusterCount = before.Model.Clusters.ClusterCount }, before.Model, seed: 99).Model!;

        Assert.Equal(before.Model.Segments.OrderBy(s => s.Id), after.Model.Segments.OrderBy(s => s.Id));
        Assert.NotNull(after.AgreementWithPrevious);
        var shared = before.SegmentOf.Where(s => after.SegmentOf[s.Key] == s.Value).Count();
        Assert.True(shared > before.SegmentOf.Count / 2);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_with_one_two_and_three_threads_and_they_come_back()
    {
        var table = OnlineRetail.TableOrSkip();
        var files = Enumerable.Range(1, 3).Select(degree => ModelFolder.ToBytes(Train(table, new SegmentSettings { Degree = degree }).Model!.Model)).ToArray();
        Assert.All(files, file => Assert.Equal(files[0].Weights, file.Weights));
        Assert.All(files, file => Assert.Equal(files[0].Manifest, file.Manifest));

        var trained = Train(table).Model!;
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        trained.Model.Save(folder);
        var restored = ModelFolder.Load<SegmentModel>(folder);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(trained.SegmentOf, SegmentTrainer.Assign(restored, table, ct: TestContext.Current.CancellationToken));
        Assert.Equal(trained.Model.Segments, restored.Segments);
    }

    [Fact]
    public void A_customer_without_an_order_has_no_segment_and_a_shop_without_differences_is_refused_in_words()
    {
        var builder = new EventTableBuilder();
        var item = builder.Item("x");
        for (var i = 0; i < 60; i++) builder.Add($"c{i}", Begin, EventKind.OrderPlaced, item, $"o{i}", 1, 10);
        builder.Add("visitor", Begin, EventKind.ItemViewed, item);
        var equal = Train(builder.Build());
        Assert.Equal(TrainingOutcome.FailedOnData, equal.Outcome);
        Assert.Contains("fall into 1 kinds only", equal.Reason, StringComparison.Ordinal);

        for (var i = 0; i < 60; i++) builder.Add($"c{i}", Begin.AddDays(i % 3 * 10 + 1), EventKind.OrderPlaced, item, $"p{i}", 1, 10 + i % 3 * 100);
        var table = builder.Build();
        var trained = Train(table, new SegmentSettings { MaxClusterCount = 3 }).Model!;
        Assert.Equal(60, trained.SegmentOf.Count);
        Assert.DoesNotContain(table.CustomerIds[builder.CustomerRow("visitor")], trained.SegmentOf.Keys);
        Assert.Equal(TrainingOutcome.NotEnoughData, Train(new EventTableBuilder().Build()).Outcome);
    }

    /// <summary>The table as it was at a moment.</summary>
    private static EventTable Until(EventTable table, DateTimeOffset until)
    {
        var start = new int[table.CustomerCount + 1];
        List<int> rows = [];
        for (var customer = 0; customer < table.CustomerCount; customer++)
        {
            for (var row = table.Start[customer]; row < table.Start[customer + 1]; row++)
            {
                if (table.OccurredAt[row] < until.UtcTicks) rows.Add(row);
            }
            start[customer + 1] = rows.Count;
        }
        T[] Take<T>(T[] values) => [.. rows.Select(row => values[row])];
        return new EventTable
        {
            CustomerIds = table.CustomerIds, Start = start, OccurredAt = Take(table.OccurredAt), Kind = Take(table.Kind), Item = Take(table.Item), Order = Take(table.Order),
            Quantity = Take(table.Quantity), Amount = Take(table.Amount), Discount = Take(table.Discount), Channel = Take(table.Channel), Device = Take(table.Device),
            ChannelNames = table.ChannelNames, DeviceNames = table.DeviceNames, Items = table.Items, Traits = table.Traits, Zone = table.Zone,
            LastSequence = table.LastSequence, AsOf = until,
        };
    }
}
