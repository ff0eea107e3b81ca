using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Lifetime;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions.LifetimeValue;

/// <summary>Makes a <see cref="LifetimeForecast"/> from fitted models.</summary>
internal static class LifetimeForecaster
{
    public static Outcome<LifetimeForecast> Make(
        BetaGeometricFit purchases, GammaGammaFit spend, List<(int Customer, CustomerHistory History)> histories, PurchaseDays days, int fromDay,
        (int Day, IReadOnlyList<BackTestMonth> Months) backTest, Rng rng, int drawCount, CancellationToken ct)
    {
        var first = histories.ConvertAll(h => MonthNumber.Of(days.Before(h.Customer, fromDay).Days.Span[0]));
        MonthNumber[] months = [.. first.Distinct().Order()];
        var groupOf = months.Select((month, i) => (month, i)).ToDictionary(x => x.month, x => x.i);
        var groups = first.ConvertAll(month => groupOf[month]);
        var forecast = new LifetimeValueForecast(purchases, spend).ForPeriods([.. histories.Select(h => h.History)], groups, GridFrom(fromDay), rng, drawCount, ct);
        return forecast.Select(f => new LifetimeForecast(
            fromDay,
            [.. months.Select((month, g) => new CohortForecast(month, groups.Count(i => i == g), f.Money[g], f.Purchases[g], f.Buyers[g]))],
            f.Draws, backTest.Months, backTest.Day));
    }

    /// <summary>An earlier forecast by calendar month, up to the day that ends what is known.</summary>
    public static IReadOnlyList<BackTestMonth> BackTest(LifetimeValueModel model, List<(int Customer, CustomerHistory History)> histories, PurchaseDays days, int fromDay, int endDay)
    {
        var months = new List<BackTestMonth>();
        for (var begin = fromDay; begin < endDay;)
        {
            var month = MonthNumber.Of(begin);
            var end = Math.Min((month + 1).FirstDay, endDay);
            double forecast = 0, actual = 0;
            foreach (var (customer, history) in histories)
            {
                var expected = model.Purchases.ExpectedPurchases(history.Purchases, (end - fromDay) / LifetimeValueModel.DaysPerWeek)
                    - model.Purchases.ExpectedPurchases(history.Purchases, (begin - fromDay) / LifetimeValueModel.DaysPerWeek);
                forecast += expected * model.ValuePerPurchase(history.Spend);
                actual += days.ValueBetween(customer, begin, end);
            }
            months.Add(new BackTestMonth(month, forecast, actual));
            begin = end;
        }
        return months;
    }

    private static PeriodGrid GridFrom(int fromDay)
    {
        var (parts, ends) = LifetimeForecast.PartsFrom(fromDay, LifetimeForecast.MonthCount);
        return new PeriodGrid([.. ends.Select(day => day / LifetimeValueModel.DaysPerWeek)], [.. parts.Select(p => p.Month - parts[0].Month)]);
    }
}
