using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Charts;

/// <summary>Loss per epoch: what was learned from solid, what it was judged on dashed, the epoch that was kept marked.</summary>
public static class TrainingCurveChart
{
    public static ChartOptions Options(IReadOnlyList<EpochLoss> epochs, int? bestEpoch) => new(
        new
        {
            aria = new { enabled = true },
            grid = new { left = 48, right = 16, top = 28, bottom = 36 },
            legend = new { top = 0, left = 0, icon = "roundRect", itemHeight = 2, textStyle = new { color = "--cp-chart-label" } },
            tooltip = new { trigger = "axis", backgroundColor = "--cp-chart-tooltip-bg", borderWidth = 0, textStyle = new { color = "--cp-chart-tooltip-fg" } },
            xAxis = new
            {
                type = "category",
                name = Words.Epoch,
                nameLocation = "middle",
                nameGap = 24,
                data = epochs.Select(e => e.Epoch).ToArray(),
                axisLine = new { lineStyle = new { color = "--cp-chart-axis" } },
                axisLabel = new { color = "--cp-chart-label" },
            },
            yAxis = new { type = "value", scale = true, splitNumber = 4, splitLine = new { lineStyle = new { color = "--cp-chart-grid" } }, axisLabel = new { color = "--cp-chart-label" } },
            series = new object[]
            {
                new
                {
                    type = "line",
                    name = Words.TrainingRows,
                    showSymbol = false,
                    lineStyle = new { width = 2 },
                    data = epochs.Select(e => Math.Round(e.Train, 5)).ToArray(),
                },
                new
                {
                    type = "line",
                    name = Words.ValidationRows,
                    showSymbol = false,
                    lineStyle = new { width = 2, type = "dashed" },
                    data = epochs.Select(e => e.Validation is { } v ? Math.Round(v, 5) : (double?)null).ToArray(),
                    markLine = Mark(epochs, bestEpoch),
                },
            },
        },
        Summary(epochs, bestEpoch),
        [Words.Epoch, Words.TrainingRows, Words.ValidationRows],
        [.. epochs.Select(e => (IReadOnlyList<string>)[Figures.Count(e.Epoch), Figures.Number(e.Train, 4), e.Validation is { } v ? Figures.Number(v, 4) : "–"])]);

    private static object? Mark(IReadOnlyList<EpochLoss> epochs, int? bestEpoch) => bestEpoch is not { } best || epochs.All(e => e.Epoch != best)
        ? null
        : new
        {
            symbol = "none",
            lineStyle = new { color = "--cp-chart-target", type = "dashed" },
            label = new { formatter = Words.BestEpoch, color = "--cp-chart-label" },
            data = new[] { new { xAxis = epochs.Select(e => e.Epoch).ToList().IndexOf(best) } },
        };

    private static string Summary(IReadOnlyList<EpochLoss> epochs, int? bestEpoch) => epochs.Count == 0
        ? Words.NoEpochs
        : Say.With(Words.TrainingSummary, ("count", Figures.Count(epochs.Count)), ("first", Figures.Number(epochs[0].Validation ?? epochs[0].Train, 3)),
            ("best", Figures.Number(epochs.Min(e => e.Validation ?? e.Train), 3)), ("epoch", Figures.Count(bestEpoch ?? epochs[^1].Epoch)));
}
