using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions.LifetimeValue;

namespace CampaignPortal.Testing;

/// <summary>A forecast of two cohorts whose figures can be added up by hand.</summary>
public static class SampleForecast
{
    /// <summary>10 a customer and part for 40 customers, with draws spread evenly over ±20 %.</summary>
    public static LifetimeForecast From(DateOnly day, double backTestForecast = 900, double backTestActual = 1_000)
    {
        var (parts, _) = LifetimeForecast.PartsFrom(day.DayNumber, LifetimeForecast.MonthCount);
        var bucketCount = parts[^1].Month - parts[0].Month + 1;
        CohortForecast Cohort(MonthNumber month) =>
            new(month, 20, [.. parts.Select(_ => 200.0)], [.. parts.Select(_ => 4.0)], [.. Enumerable.Repeat(3.0, bucketCount)]);
        double[][] draws = [.. Enumerable.Range(0, 41).Select(i => parts.Select(_ => 400 * (0.8 + 0.01 * i)).ToArray())];
        var first = MonthNumber.Of(day.DayNumber);
        return new LifetimeForecast(day.DayNumber, [Cohort(first + -2), Cohort(first + -1)], draws, [new BackTestMonth(first + -1, backTestForecast, backTestActual)], day.DayNumber - 31);
    }

    /// <summary>The page around it.</summary>
    public static LifetimeOverview Page(LifetimeForecast forecast, int historyMonths = 14)
    {
        var first = forecast.FirstMonth;
        return new LifetimeOverview
        {
            Forecast = forecast, Version = 1, AsOf = ManualClock.Noon, EndDay = forecast.FromDay, HistoryMonths = historyMonths,
            Hit = new LifetimeHit(90, forecast.BackTest.Sum(m => m.Forecast), forecast.BackTest.Sum(m => m.Actual)),
            Horizons = [.. new[] { 3, 6, 12, 24 }.Select(m => new Horizon(m, m <= historyMonths))],
            Needs = new LifetimeNeeds(600, 200, 400),
            Known = [.. Enumerable.Range(1, 6).Select(i => new KnownMonth(first + (i - 7), 1_000, 700, IsWhole: true))],
            Concentration = ValueConcentration.Of([.. Enumerable.Range(0, 40).Select(i => 40.0 - i)], ManualClock.Noon),
            Cohorts = [], FirstOrders = new FirstOrders(12, [], 3),
        };
    }
}
