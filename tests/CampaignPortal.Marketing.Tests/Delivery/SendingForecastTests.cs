using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content.Checks;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Marketing.Tests.Campaigns;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>Whether a campaign leaves in time (CA-12), by what was measured; and words that filters punish.</summary>
public sealed class SendingForecastTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 9, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("21:00", "08:00", "", 600, 0, "2026-03-09T13:00Z", false)] // an hour's work
    [InlineData("21:00", "08:00", "", 6_000, 0, "2026-03-10T09:00Z", true)] // nine hours today, the tenth tomorrow
    [InlineData("21:00", "08:00", "", 8_400, 600, "2026-03-10T12:00Z", true)] // thirteen hours are left until noon, the fourteenth is not
    [InlineData("21:00", "08:00", "03-10, Free", 6_000, 0, "2026-03-11T09:00Z", true)] // a free day in between
    [InlineData("00:00", "00:00", "", 14_400, 0, "2026-03-10T12:00Z", false)] // nothing is quiet: the whole day
    [InlineData("00:00", "00:00", "", 15_000, 600, "2026-03-10T12:00Z", true)]
    [InlineData("13:00", "14:00", "", 1_200, 0, "2026-03-09T15:00Z", true)] // a rest after lunch
    public void A_sending_fits_around_quiet_times_or_says_how_much_does_not(string from, string until, string days, long count, long leftOver, string ends, bool isInterrupted)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var calendar = new SendingCalendar(new QuietHours(TimeOnly.Parse(from, culture), TimeOnly.Parse(until, culture)), FreeDay.Read(days, out _));
        var useful = calendar.UsefulUntil(Noon, TimeSpan.FromHours(24), TimeZoneInfo.Utc, null);
        var forecast = SendingForecast.Of(calendar, (TimeZoneInfo.Utc, null), Noon, useful, count, perMinute: 10);
        Assert.Equal((leftOver, DateTimeOffset.Parse(ends, culture), isInterrupted), (forecast.LeftOver, forecast.EndsAt, forecast.IsInterrupted));
    }

    [Fact]
    public void The_rate_is_that_of_busy_stretches_and_unknown_from_few_messages()
    {
        List<long> Stretch(int count, double seconds, double endHoursAgo) => [.. Enumerable.Range(0, count).Select(i => Noon.AddHours(-endHoursAgo).AddSeconds(-i * seconds).UtcTicks)];
        Assert.Null(SendingRateReader.PerMinute([]));
        Assert.Null(SendingRateReader.PerMinute(Stretch(49, 1, 1)));
        Assert.Equal(60, SendingRateReader.PerMinute(Stretch(100, 1, 1))!.Value, 6); // many enough
        Assert.Equal(40, SendingRateReader.PerMinute([.. Stretch(101, 1, 1), .. Stretch(5, 1, 2), .. Stretch(101, 2, 3)])!.Value, 6); // 200 gaps in 300 seconds; the hours between do not count
    }

    [Fact]
    public async Task The_list_before_launch_measures_the_audience_against_what_left_lately()
    {
        await using var shop = await CampaignShop.OpenAsync(300);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 });
        Assert.Null(await ForecastAsync(_ => _)); // nothing was measured
        await shop.Store.Database.WriteAsync(
            t =>
            {
                t.Execute("insert into \"Settings\" values (@0, '0')", KnownSettings.GlobalHoldout);
                using var insert = t.Prepare(
                    "insert into \"Messages\" (\"CampaignId\", \"StepId\", \"CustomerId\", \"Occurrence\", \"Channel\", \"VariantId\", \"RunId\", \"Lane\", \"Policy\", \"State\", \"Attempt\", \"Tries\", \"IsRepeatable\", \"DueAt\", \"SendBefore\", \"MessageIdHeader\", \"PlannedAt\", \"EndedAt\") "
                    + "values (99, 0, @0, 0, 'email', 1, 1, 2, 0, 5, 1, 0, 0, @1, @1, 'x', @1, @1)", 2);
                for (var i = 0; i < 101; i++) insert.Run(i, Stored.Ticks(shop.Store.Clock.GetUtcNow().AddSeconds(-30 * i))); // two a minute
            },
            Ct);
        var calm = await ForecastAsync(_ => _);
        Assert.Equal((CheckCodes.CapacityFine, CheckLevel.Fine, shop.Store.Clock.GetUtcNow().AddMinutes(150)), (calm!.Code, calm.Level, calm.Forecast!.EndsAt));
        var evening = await ForecastAsync(s => s with { Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Date = new DateOnly(2026, 3, 9), Time = new TimeOnly(20, 0) } });
        Assert.Equal((CheckCodes.CapacityLong, CheckLevel.Warning, Noon.AddHours(21.5)), (evening!.Code, evening.Level, evening.Forecast!.EndsAt)); // an hour before the night, ninety minutes after it
        Assert.Null(await ForecastAsync(s => s with { Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Zone = ScheduleZone.Customer, Date = new DateOnly(2026, 3, 12) } })); // spread over the clocks

        var progress = new SendingProgressReader(shop.Store.Database, shop.Store.Clock);
        await shop.Store.Database.WriteAsync(
            t => t.Execute("update \"Messages\" set \"EndedAt\" = @0 - \"CustomerId\" * @1, \"State\" = case when \"CustomerId\" >= 61 then 1 else 5 end", Stored.Ticks(shop.Store.Clock.GetUtcNow()), TimeSpan.TicksPerSecond / 2), Ct);
        var under = progress.Read(99);
        Assert.Equal((40, 122, 20), (under.Open, Math.Round(under.PerMinute!.Value), Math.Round(under.TimeLeft!.Value.TotalSeconds))); // 61 within 30 seconds

        async Task<CampaignCheck?> ForecastAsync(Func<CampaignSettings, CampaignSettings> set)
        {
            var draft = (await shop.ReadAsync(id)).Draft;
            return (await shop.Store.Get<PreFlightHandler>().HandleAsync(id, draft with { Settings = set(draft.Settings) }, Ct)).Checks.SingleOrDefault(c => c.Forecast is not null);
        }
    }

    [Theory]
    [InlineData("Act now: a RISK-FREE offer", "Act now, RISK-FREE")]
    [InlineData("恭喜您，免费领取新品", "恭喜您, 免费领取")]
    [InlineData("{{default customer.first_name \"Winner\"}}, the linen is back", "")]
    [InlineData("Prizewinning cheapness, urgently", "")] // parts of other words
    [InlineData("Spring sale: 20% off candles", "")]
    [InlineData("新品上市，全场八折", "")]
    public void Words_that_filters_punish_are_named_as_they_are_written(string subject, string found) => Assert.Equal(found, string.Join(", ", SpamWords.In(subject)));
}
