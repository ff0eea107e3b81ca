using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.FeatureStore;

public sealed class FeatureTableTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Begin = RandomShop.Begin;

    [Fact]
    public void Appending_later_events_never_changes_an_earlier_row()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var rng = new Rng(seed);
            DateTimeOffset[] cuts = [Begin.AddDays(40 + rng.NextInt(30)), Begin.AddDays(100)];
            var builder = new EventTableBuilder();
            RandomShop.Fill(builder, rng, 200, Begin, 100, "a");
            var before = builder.Build();
            var schema = FeatureSchema.Choose(before, cuts[1]);
            var earlier = RandomShop.Build(before, schema, cuts);
            RandomShop.Fill(builder, rng, 150, cuts[1], 60, "b");
            var after = builder.Build();

            var later = RandomShop.Build(after, schema, cuts);

            Assert.Equal(earlier.Customers, later.Customers);
            Assert.Equal(earlier.Values, later.Values);
            Assert.Equal(earlier.Fingerprint(), later.Fingerprint());
            Assert.Equal(schema.Vocabulary.Columns, FeatureSchema.Choose(after, cuts[1]).Vocabulary.Columns);
        }
    }

    /// <summary>Time travel: each cut sees what a portal would have seen that had been asked on that day, before or after browsers said whose they are (PR-14, DI-15).</summary>
    [Fact]
    public void What_is_joined_later_teaches_no_earlier_row_and_every_later_one_as_if_it_had_always_been_there()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            DateTimeOffset[] cuts = [Begin.AddDays(25), Begin.AddDays(50), Begin.AddDays(75), Begin.AddDays(100)];
            var rng = new Rng(500 + seed);
            var joins = Enumerable.Range(0, 12).Select(_ => Begin.AddDays(rng.NextInt(110))).ToArray(); // one for each customer
            EventTable Build(Func<DateTimeOffset, bool>? isTold) => Draw(new Rng(seed), joins, isTold);
            var all = Build(isTold: null);
            var schema = FeatureSchema.Choose(all, cuts[^1]);
            foreach (var rows in new[] { FeatureRows.Buyers, FeatureRows.Known })
            {
                var joined = RandomShop.Build(all, schema, cuts, rows);
                for (var cut = 0; cut < cuts.Length; cut++)
                {
                    var then = RandomShop.Build(Build(join => join < cuts[cut]), schema, [cuts[cut]], rows);
                    var (from, to) = joined.RowsOf(cut);
                    Assert.Equal(then.Customers, joined.Customers[from..to]);
                    Assert.Equal(then.Values, joined.Values[(from * joined.ColumnCount)..(to * joined.ColumnCount)]);
                }
            }
        }
    }

    /// <summary>Every second event is of a browser that says later whose it is.</summary>
    /// <param name="isTold">By the moment of joining, what a portal of some day knows, as plain events; null is the whole story.</param>
    private static EventTable Draw(Rng rng, DateTimeOffset[] joins, Func<DateTimeOffset, bool>? isTold)
    {
        var builder = new EventTableBuilder { AsOf = Begin.AddDays(120) };
        for (var customer = 0; customer < joins.Length; customer++) builder.CustomerRow($"c{customer}");
        for (var item = 0; item < 20; item++) builder.Item($"i{item}", $"item {item}", item % 3 == 0 ? "Home/Light" : "Garden", 5 + item);
        for (var i = 0; i < 300; i++)
        {
            var (customer, isOrder) = (rng.NextInt(joins.Length), rng.NextInt(2) is 0);
            var (at, item, amount, isBefore) = (Begin.AddMinutes(rng.NextInt(110 * 24 * 60)), rng.NextInt(20), 1 + rng.NextInt(90), rng.NextInt(2) is 0);
            var join = isBefore && at < joins[customer] ? joins[customer] : (DateTimeOffset?)null;
            if (join is { } known && isTold?.Invoke(known) is false) continue;
            builder.Add($"c{customer}", at, isOrder ? EventKind.OrderPlaced : EventKind.ItemViewed, item, isOrder ? $"o{i}" : null, isOrder ? 1 : 0, isOrder ? amount : 0, sequence: i, knownAt: isTold is null ? join : null);
        }
        return builder.Build();
    }

    [Fact]
    public void Value_models_and_recommendations_learn_of_a_joined_purchase_when_it_was_joined()
    {
        var builder = new EventTableBuilder();
        var lamp = builder.Item("lamp");
        builder.Add("a", Begin.AddDays(5), EventKind.OrderPlaced, lamp, "o1", 1, 10, knownAt: Begin.AddDays(20)).Add("a", Begin.AddDays(20), EventKind.OrderPlaced, lamp, "o2", 1, 15);
        var table = builder.Build();
        var calendar = FeatureTable.CalendarOf(table);
        var (joined, later) = (calendar.Day(Begin.AddDays(20).UtcTicks), calendar.Day(Begin.AddDays(30).UtcTicks));

        var days = PurchaseDays.Of(table);
        Assert.Equal(0, days.Before(0, joined).Days.Length);
        Assert.Equal([10.0, 15.0], days.Before(0, later).Values.ToArray());
        Assert.Equal(joined - 15, days.Before(0, later).Days.Span[0]);
        var items = ItemPurchases.Of(table, calendar);
        Assert.Equal(0, items.CountsBefore(joined).Count);
        Assert.Equal(2f, items.CountsBefore(joined + 1).Values[0]);
    }

    [Fact, Trait("Promise", "R-09")]
    public void Events_that_arrive_out_of_order_end_in_the_features_of_the_sorted_stream()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var rng = new Rng(1000 + seed);
            var builder = new EventTableBuilder();
            RandomShop.Fill(builder, rng, 150, Begin, 60, "a");
            var table = builder.Build();
            var cut = Begin.AddDays(60);
            var schema = FeatureSchema.Choose(table, cut);
            var sorted = RandomShop.Build(table, schema, [cut]);
            var calendar = new LocalCalendar(table.Zone, Begin.UtcTicks, cut.UtcTicks);
            var groups = schema.Vocabulary.Groups.Assign(table.Items);
            for (var row = 0; row < sorted.RowCount; row++)
            {
                var customer = sorted.Customers[row];
                var order = Enumerable.Range(table.Start[customer], table.Start[customer + 1] - table.Start[customer]).ToArray();
                rng.Shuffle<int>(order);
                var timeline = new CustomerTimeline(new CustomerState(calendar, groups, schema.Vocabulary.Channels.Count, schema.Vocabulary.Devices.Count));
                foreach (var e in order) timeline.Add(CustomerEvent.From(table, e), sequence: e);
                var snapshot = new CustomerSnapshot(timeline.State);
                snapshot.MoveTo(calendar.CutDay(cut));
                Assert.Equal(sorted.Row(row).ToArray(), schema.Features.Select(f => (float)f.Value(snapshot)).ToArray());
            }
        }
    }

    [Fact]
    public void A_feature_whose_events_the_shop_does_not_have_is_absent_and_not_zero()
    {
        var builder = new EventTableBuilder();
        var lamp = builder.Item("lamp");
        builder.Add("a", Begin.AddHours(9), EventKind.OrderPlaced, lamp, "o1", 1, 10);
        var ordersOnly = FeatureSchema.Choose(builder.Build(), Begin.AddDays(30));
        builder.Add("a", Begin.AddDays(2), EventKind.ItemViewed, lamp);
        builder.Add("b", Begin.AddDays(1), EventKind.OrderPlaced, lamp, "o2", 1, 10);
        var table = builder.Build();
        var withViews = FeatureSchema.Choose(table, Begin.AddDays(30));

        Assert.False(ordersOnly.Contains("item_views_30d"));
        Assert.False(ordersOnly.Contains("open_rate"));
        Assert.True(withViews.Contains("item_views_30d"));
        Assert.False(withViews.Contains("searches_30d"));
        var features = RandomShop.Build(table, withViews, [Begin.AddDays(30)]);
        var views = withViews.IndexOf("item_views_30d");
        Assert.Equal([1f, 0f], [features.Row(0)[views], features.Row(1)[views]]);
        Assert.True(float.IsNaN(features.Row(1)[withViews.IndexOf("item_views_recency_days")]));
    }

    [Fact]
    public void Figures_of_one_customer_are_those_counted_by_hand()
    {
        var builder = new EventTableBuilder();
        var (lamp, chair) = (builder.Item("lamp"), builder.Item("chair"));
        builder.Add("a", Begin.AddHours(9), EventKind.OrderPlaced, lamp, "o1", 2, 20)
            .Add("a", Begin.AddHours(9), EventKind.OrderPlaced, chair, "o1", 1, 30)
            .Add("a", Begin.AddHours(9), EventKind.OrderPlaced, chair, "o1", 1, 0)        // a gift is no purchase
            .Add("a", Begin.AddDays(10), EventKind.OrderPlaced, lamp, "o2", 1, 10)
            .Add("a", Begin.AddDays(12), EventKind.OrderReturned, lamp, "r1", 1, 10)
            .Add("a", Begin.AddDays(40).AddHours(20), EventKind.OrderPlaced, lamp, "o3", 30, 140)
            .Add("a", Begin.AddDays(45), EventKind.OrderPlaced, lamp, "late", 1, 1000);   // the day of the cut is not known yet
        var table = builder.Build();
        var schema = FeatureSchema.Choose(table, Begin.AddDays(45));
        var row = RandomShop.Build(table, schema, [Begin.AddDays(45)]).Row(0).ToArray();

        Dictionary<string, double> expected = new()
        {
            ["recency_days"] = 5, ["tenure_days"] = 45, ["order_count"] = 3, ["order_day_count"] = 3, ["revenue"] = 200, ["order_value_mean"] = 200 / 3.0,
            ["order_value_max"] = 140, ["gap_mean_days"] = 20, ["gap_last_days"] = 30, ["gap_max_days"] = 30, ["gap_sd_days"] = Math.Sqrt(200),
            ["overdue_ratio"] = 0.25, ["lines_per_order"] = 4 / 3.0, ["item_count"] = 2, ["again_share"] = 2 / 3.0, ["top_item_share"] = 0.75,
            ["large_line_share"] = 0.25, ["orders_14d"] = 1, ["orders_90d"] = 3, ["revenue_30d"] = 140, ["return_count"] = 1, ["return_share"] = 0.05,
            ["return_recency_days"] = 33, ["active_month_count"] = 2, ["late_share"] = 1 / 3.0, ["unit_count"] = 34,
            ["item_entropy"] = -(0.75 * Math.Log(0.75) + 0.25 * Math.Log(0.25)),
        };
        foreach (var (name, value) in expected) Assert.Equal(value, row[schema.IndexOf(name)], 1e-4);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var builder = new EventTableBuilder();
        RandomShop.Fill(builder, new Rng(7), 2000, Begin, 120, "a");
        var table = builder.Build();
        var schema = FeatureSchema.Choose(table, Begin.AddDays(90));
        DateTimeOffset[] cuts = [Begin.AddDays(30), Begin.AddDays(60), Begin.AddDays(90)];

        var prints = Enumerable.Range(1, 5).Select(degree => RandomShop.Build(table, schema, cuts, FeatureRows.Known, degree).Fingerprint()).Distinct();

        Assert.Single(prints);
    }

    [Fact]
    public void The_schema_survives_its_json_and_keeps_gender_out_unless_asked()
    {
        var builder = new EventTableBuilder();
        RandomShop.Fill(builder, new Rng(3), 500, Begin, 60, "a");
        for (var i = 0; i < 60; i++)
        {
            builder.Add($"t{i}", Begin.AddDays(1), EventKind.OrderPlaced, 0, $"t{i}", 1, 5);
            builder.Trait($"t{i}", Begin, "country", i % 2 == 0 ? "France" : "中国").Trait($"t{i}", Begin, "gender", "f").Trait($"t{i}", Begin, "birth_date", $"{1950 + i}-05-01");
        }
        var table = builder.Build();
        var schema = FeatureSchema.Choose(table, Begin.AddDays(60));
        var restored = FeatureSchema.FromJson(schema.ToJson());

        Assert.Equal(schema.Vocabulary.Columns, restored.Vocabulary.Columns);
        Assert.Equal(RandomShop.Build(table, schema, [Begin.AddDays(60)]).Fingerprint(), RandomShop.Build(table, restored, [Begin.AddDays(60)]).Fingerprint());
        Assert.True(schema.Contains("country:中国"));
        Assert.True(schema.Contains("birth_date_group:30–44"));
        Assert.DoesNotContain(schema.Features, f => f.IsSensitive);
        Assert.Contains(FeatureSchema.Choose(table, Begin.AddDays(60), withSensitive: true).Features, f => f.IsSensitive);
    }

    [Fact]
    public void A_day_belongs_to_the_zone_of_the_shop_also_where_the_clock_changes()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        var from = new DateTimeOffset(2011, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var calendar = new LocalCalendar(zone, from.UtcTicks, from.AddDays(60).UtcTicks);
        for (var minute = 0; minute < 60 * 24 * 60; minute += 7)
        {
            var at = from.AddMinutes(minute);
            Assert.Equal(TimeZoneInfo.ConvertTime(at, zone).DateTime.Ticks, calendar.ToLocal(at.UtcTicks));
        }
        var midnight = calendar.StartOf(new DateOnly(2011, 5, 2).DayNumber);
        Assert.Equal(new DateOnly(2011, 5, 2).DayNumber, calendar.CutDay(midnight));
        Assert.Equal(new DateOnly(2011, 5, 2).DayNumber, calendar.CutDay(midnight.AddTicks(-10)));
    }

    [Fact]
    public void The_shared_shop_gives_more_than_forty_features_and_every_number_is_finite_or_missing()
    {
        var table = OnlineRetail.TableOrSkip();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var cuts = Enumerable.Range(0, 8).Select(i => table.AsOf.AddDays(-30 * i)).ToList();
        var schema = FeatureSchema.Choose(table, table.AsOf.AddDays(-30));
        var choose = watch.Elapsed;
        var features = RandomShop.Build(table, schema, cuts);
        output.WriteLine($"choose {choose.TotalMilliseconds:0} ms, build {(watch.Elapsed - choose).TotalMilliseconds:0} ms: {features.RowCount} rows × {features.ColumnCount}");
        output.WriteLine(string.Join(", ", schema.Vocabulary.Columns));

        Assert.Equal(3317, features.RowsOf(7).To - features.RowsOf(7).From);
        Assert.Equal(3157, features.RowsOf(6).To - features.RowsOf(6).From);
        Assert.True(features.ColumnCount >= 40);
        Assert.All(features.Values, value => Assert.False(float.IsInfinity(value)));
    }
}
