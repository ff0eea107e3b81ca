using CampaignPortal.Marketing.Insights;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Charts;

/// <summary>Money per day as an area, the range before dashed under the same days.</summary>
public static class RevenueChart
{
    public static ChartOptions Options(HomePeriod period, string currency, TimeZoneInfo zone)
    {
        var count = Figures.Count(period.Days.Count);
        var now = period.Days[^1].Day;
        var (nowName, beforeName) = (Say.With(HomeWords.Now, ("count", count)), Say.With(HomeWords.Before, ("count", count)));
        return new ChartOptions(
            new
            {
                aria = new { enabled = true },
                grid = new { left = 56, right = 12, top = 34, bottom = 26 },
                legend = new { top = 0, right = 34, itemHeight = 2, itemWidth = 16, icon = "roundRect", textStyle = new { color = "--cp-chart-label" } },
                tooltip = new { trigger = "axis", backgroundColor = "--cp-chart-tooltip-bg", borderWidth = 0, textStyle = new { color = "--cp-chart-tooltip-fg" } },
                xAxis = new
                {
                    type = "category",
                    boundaryGap = false,
                    data = period.Days.Select(d => Figures.Day(d.Day, zone, now)).ToArray(),
                    axisLine = new { lineStyle = new { color = "--cp-chart-axis" } },
                    axisTick = new { show = false },
                    axisLabel = new { color = "--cp-chart-label" },
                },
                yAxis = new
                {
                    type = "value",
                    splitNumber = 4,
                    splitLine = new { lineStyle = new { color = "--cp-chart-grid" } },
                    axisLabel = new { color = "--cp-chart-label", formatter = Figures.SymbolOf(currency) + "{value}" },
                },
                series = new object[]
                {
                    new
                    {
                        type = "line",
                        name = nowName,
                        showSymbol = false,
                        itemStyle = new { color = "--cp-cat-1" },
                        lineStyle = new { width = 2, color = "--cp-cat-1" },
                        areaStyle = new { color = "--cp-cat-1", opacity = 0.14 },
                        data = period.Days.Select(d => decimal.Round(d.Revenue, 2)).ToArray(),
                    },
                    new
                    {
                        type = "line",
                        name = beforeName,
                        showSymbol = false,
                        itemStyle = new { color = "--cp-text-3" },
                        lineStyle = new { width = 1.5, type = "dashed", color = "--cp-text-3" },
                        data = period.Before.Select(d => decimal.Round(d.Revenue, 2)).ToArray(),
                    },
                },
            },
            Summary(period, currency),
            [HomeWords.Day, nowName, beforeName],
            [.. period.Days.Zip(period.Before, (d, b) => (IReadOnlyList<string>)[Figures.Day(d.Day, zone, now), Figures.Money(decimal.Round(d.Revenue, 2), currency), Figures.Money(decimal.Round(b.Revenue, 2), currency)])]);
    }

    private static string Summary(HomePeriod period, string currency)
    {
        var (sum, before, count) = (period.Days.Sum(d => d.Revenue), period.Before.Sum(d => d.Revenue), Figures.Count(period.Days.Count));
        var change = before <= 0 ? HomeWords.RevenueNoBefore
            : Say.With(sum >= before ? HomeWords.RevenueMore : HomeWords.RevenueLess, ("share", Figures.Rate((double)Math.Abs(sum / before - 1))), ("count", count));
        return Say.With(HomeWords.RevenueSummary, ("revenue", Figures.Money(decimal.Round(sum), currency)), ("count", count), ("change", change));
    }
}
