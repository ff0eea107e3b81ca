using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Statistics;

namespace CampaignPortal.Web.Features.LifetimeValue;

/// <summary>A month of the drawing: what happened, what is expected, or in the month of the forecast both.</summary>
/// <param name="Known">Revenue that has come in; null for months ahead.</param>
/// <param name="Repeat">Part of it that was no first order.</param>
/// <param name="Ranges">Expected revenue with 50, 80 and 95 % ranges, what is known already included; empty for months that are over.</param>
/// <param name="Earlier">What an earlier forecast expected of the customers of then; null outside the back-test.</param>
public sealed record FanMonth(MonthNumber Month, double? Known, double? Repeat, IReadOnlyList<Estimate> Ranges, double? Earlier)
{
    private const int MaxKnown = 18;

    private static readonly double[] Confidences = [0.5, 0.8, 0.95];

    public bool IsExpected => Ranges.Count > 0;

    public double? Expected => IsExpected ? Ranges[0].Point : null;

    /// <summary>The last months of the history and the months ahead.</summary>
    public static IReadOnlyList<FanMonth> Of(IReadOnlyList<KnownMonth> known, LifetimeForecast forecast, int monthCount)
    {
        var earlier = forecast.BackTest.ToDictionary(m => m.Month, m => m.Forecast);
        double? Earlier(MonthNumber month) => earlier.TryGetValue(month, out var value) ? value : null;
        var months = new List<FanMonth>();
        foreach (var month in known.Where(m => m.Month < forecast.FirstMonth).TakeLast(MaxKnown))
            months.Add(new FanMonth(month.Month, month.Revenue, month.Repeat, [], Earlier(month.Month)));
        for (var i = 0; i < monthCount; i++)
        {
            var month = forecast.FirstMonth + i;
            var begun = known.FirstOrDefault(m => m.Month == month)?.Revenue ?? 0;
            months.Add(new FanMonth(month, null, null, [.. Confidences.Select(c => Shift(forecast.OfMonth(month, c), begun))], Earlier(month)));
        }
        return months;
    }

    private static Estimate Shift(Estimate estimate, double by) => new(estimate.Point + by, estimate.Lower + by, estimate.Upper + by, estimate.Confidence);
}
