using System.Globalization;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Values;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Imports;

public class ValueTests
{
    [Theory]
    [InlineData("2.55", '.', 2.55)]
    [InlineData("-74215", '.', -74215)]
    [InlineData("1,234.5", '.', 1234.5)]
    [InlineData("1.234,5", ',', 1234.5)]
    [InlineData("£ 12.99", '.', 12.99)]
    [InlineData("12,5 €", ',', 12.5)]
    [InlineData("(3.20)", '.', -3.2)]
    [InlineData("1e3", '.', 1000)]
    [InlineData(".5", '.', 0.5)]
    [InlineData("0.00005", '.', 0.0001)]
    [InlineData("1 234,50", ',', 1234.5)]
    public void Numbers_are_read_as_people_write_them(string text, char mark, double expected)
    {
        Assert.True(new NumberFormat(mark).TryParse(text, out var value));
        Assert.Equal((decimal)expected, value / 10_000m);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e400")]
    [InlineData("12,5")]
    [InlineData("12a")]
    [InlineData("")]
    [InlineData("--3")]
    [InlineData("1.2.3")]
    [InlineData("922337203685478")]
    public void What_is_no_number_is_refused(string text) => Assert.False(NumberFormat.Point.TryParse(text, out _));

    [Fact]
    public void The_decimal_mark_is_found()
    {
        Assert.Equal(NumberFormat.Comma, NumberFormat.Detect(["1.234,50", "12,5", "7"]));
        Assert.Equal(NumberFormat.Point, NumberFormat.Detect(["1,234.50", "12.5", "1,250"]));
    }

    [Theory]
    [InlineData("2011-03-09 14:05:00")]
    [InlineData("2011-03-09T14:05")]
    [InlineData("2011/3/9 14:05:00")]
    [InlineData("9/3/2011 14:05")]
    [InlineData("9.3.2011 14:05:00")]
    [InlineData("9 Mar 2011 2:05 PM")]
    [InlineData("March 9, 2011 14:05")]
    [InlineData("Wed, 09 Mar 2011 14:05:00 GMT")]
    [InlineData("2011年3月9日 14:05")]
    [InlineData("1299679500")]
    [InlineData("1299679500000")]
    [InlineData("40611.586805555556")]
    [InlineData("2011-03-09T15:05:00+01:00")]
    public void One_moment_is_read_in_many_forms(string text)
    {
        Assert.True(DateParser.TryParse(text, new DateFormat(DayFirst: true, Numbers: true), out var time));
        Assert.Equal("2011-03-09 14:05:00", new DateTime(time.Ticks).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("31/02/2011")]
    [InlineData("2011-13-01")]
    [InlineData("yesterday")]
    [InlineData("10:30")]
    [InlineData("2011-03-09 25:00:00")]
    [InlineData("9/3/2011 14:05 XX")]
    [InlineData("13/13/2011")]
    public void What_is_no_moment_is_refused(string text) => Assert.False(DateParser.TryParse(text, new DateFormat(), out _));

    [Fact]
    public void Day_and_month_are_told_apart_by_a_telling_cell_or_by_the_run_of_time()
    {
        Assert.False(DateFormat.Detect(["12/1/2010 8:26", "12/13/2010 9:00"]).DayFirst);
        Assert.True(DateFormat.Detect(["1/12/2010", "13/12/2010"]).DayFirst);
        var run = DateFormat.Detect(["1/2/2011", "1/5/2011", "2/1/2011", "2/7/2011", "3/1/2011"]);
        Assert.False(run.DayFirst);
        Assert.True(run.IsAmbiguous);
    }

    [Fact]
    public void Local_times_become_UTC_and_the_odd_hours_of_the_clock_changes_are_resolved_as_stated()
    {
        var clock = LocalClock.Find("Europe/London")!;
        DateTime Utc(string local) => new(clock.ToUtc(DateTime.Parse(local, CultureInfo.InvariantCulture).Ticks));
        Assert.Equal(new DateTime(2011, 1, 5, 12, 0, 0), Utc("2011-01-05 12:00"));
        Assert.Equal(new DateTime(2011, 7, 5, 11, 0, 0), Utc("2011-07-05 12:00"));
        Assert.Equal(new DateTime(2011, 3, 27, 1, 30, 0), Utc("2011-03-27 01:30")); // skipped: 02:30 summer time
        Assert.Equal(new DateTime(2011, 10, 30, 0, 30, 0), Utc("2011-10-30 01:30")); // twice: the first, still summer
        Assert.Equal((1L, 1L), (clock.SkippedCount, clock.DoubledCount));
        for (var hour = 0; hour < 24 * 400; hour++)
        {
            var local = new DateTime(2010, 6, 1).AddHours(hour);
            if (TimeZoneInfo.FindSystemTimeZoneById("Europe/London") is var zone && (zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local))) continue;
            Assert.Equal(TimeZoneInfo.ConvertTimeToUtc(local, zone).Ticks, clock.ToUtc(local.Ticks));
        }
    }

    [Fact]
    public void Ids_of_rows_sort_by_time_are_the_same_every_time_and_number_equal_rows()
    {
        string[] Ids()
        {
            var identity = new RowIdentity();
            return [.. new long[] { 0, 1, 2, 2, 2 }.Select(day => identity.Begin("order").Add("c-1").Add(5L).Finish(new DateTime(2011, 1, 1).AddDays(day).Ticks, out _))];
        }
        var ids = Ids();
        Assert.Equal(ids, Ids());
        Assert.Equal(5, ids.Distinct().Count());
        Assert.Equal(ids, ids.Order(StringComparer.Ordinal));
        Assert.EndsWith("-3", ids[4]);
        Assert.All(ids, id => Assert.InRange(id.Length, 1, 64));
    }

    [Fact]
    public void Counting_hashes_agrees_with_a_dictionary()
    {
        var rng = new Rng(7);
        var counted = new CountedHashes();
        var expected = new Dictionary<ulong, int>();
        for (var i = 0; i < 50_000; i++)
        {
            var hash = QuickHash.Of(rng.NextInt(30_000).ToString(CultureInfo.InvariantCulture));
            expected[hash] = expected.GetValueOrDefault(hash) + 1;
            Assert.Equal(expected[hash], counted.Add(hash));
        }
        Assert.Equal(expected.Count, counted.DistinctCount);
    }

    [Fact]
    public void A_sketch_counts_many_texts_within_three_percent_and_few_exactly()
    {
        var counter = new DistinctCounter();
        for (var i = 0; i < 4_000; i++) counter.Add((i % 2_000).ToString(CultureInfo.InvariantCulture));
        Assert.Equal((2_000L, true), (counter.Count, counter.IsExact));
        for (var i = 0; i < 200_000; i++) counter.Add(i.ToString(CultureInfo.InvariantCulture));
        Assert.False(counter.IsExact);
        Assert.InRange(counter.Count, 194_000, 206_000);
    }

    [Fact]
    public void Quantiles_of_the_histogram_lie_close_to_those_of_the_sorted_numbers()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var rng = new Rng(seed);
            var numbers = Enumerable.Range(0, 5_000).Select(_ => Math.Exp(3 * rng.NextNormal()) * (rng.NextInt(4) is 0 ? -1 : 1)).ToArray();
            var histogram = new NumberHistogram();
            foreach (var number in numbers) histogram.Add(number);
            Array.Sort(numbers);
            foreach (var p in new[] { 0.01, 0.25, 0.5, 0.75, 0.99 })
            {
                var exact = numbers[(int)Math.Ceiling(p * numbers.Length) - 1];
                Assert.InRange(histogram.ToNumbers().Quantile(p), exact - 0.008 * Math.Abs(exact) - 1e-6, exact + 0.008 * Math.Abs(exact) + 1e-6);
            }
        }
    }
}
