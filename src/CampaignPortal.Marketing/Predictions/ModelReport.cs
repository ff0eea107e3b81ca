using System.Text.Json;
using System.Text.Json.Serialization;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>What a model version says of itself: the details of <see cref="TrainedVersion.Details"/>, kept in <see cref="ModelVersion.Metrics"/>.</summary>
/// <remarks>Everything but the metrics may be missing: a clustering has no calibration, a closed formula no epochs.</remarks>
public sealed record ModelReport
{
    /// <summary>The first one is the headline.</summary>
    public IReadOnlyList<ModelMetric> Metrics { get; init; } = [];
    /// <summary>Share that really did it, by predicted chance, lowest first.</summary>
    public IReadOnlyList<ReliabilityBin> Calibration { get; init; } = [];
    /// <summary>Share of the positives reached by contacting the best-ranked share of all.</summary>
    public IReadOnlyList<GainPoint> Gains { get; init; } = [];
    /// <summary>Strongest first.</summary>
    public IReadOnlyList<Driver> Drivers { get; init; } = [];
    public IReadOnlyList<EpochLoss> Epochs { get; init; } = [];
    public int? BestEpoch { get; init; }
    /// <summary>Estimators that competed, with the headline metric of each.</summary>
    public IReadOnlyList<Candidate> Candidates { get; init; } = [];
    public IReadOnlyList<SegmentDescription> Segments { get; init; } = [];
    /// <summary>How customers moved between segments since <see cref="MovesSince"/>, by the same clustering.</summary>
    public IReadOnlyList<SegmentMove> SegmentMoves { get; init; } = [];
    public DateTimeOffset? MovesSince { get; init; }
    /// <summary>Rows of the test.</summary>
    public long? TestRowCount { get; init; }
    public long? TrainRowCount { get; init; }
    /// <summary>Share of the test rows that did it.</summary>
    public double? BaseRate { get; init; }

    /// <summary>Reads what the registry stored: a headline of names and numbers, and details, which are a report or another document.</summary>
    /// <remarks>An empty report for a document that is none: a page must not fail on a version of long ago.</remarks>
    public static ModelReport Parse(string json)
    {
        try
        {
            var stored = JsonSerializer.Deserialize<StoredMetrics>(json, Json) ?? new StoredMetrics();
            var report = stored.Details?.Deserialize<ModelReport>(Json) ?? new ModelReport();
            return report.Metrics.Count > 0 ? report : report with { Metrics = [.. (stored.Headline ?? []).Select(pair => new ModelMetric(pair.Key, pair.Value))] };
        }
        catch (JsonException)
        {
            return new ModelReport();
        }
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private sealed record StoredMetrics(Dictionary<string, double>? Headline = null, JsonElement? Details = null);
}

/// <param name="Name"><c>auc</c>, <c>pr-auc</c>, <c>log-loss</c>, <c>ece</c>, <c>lift-10</c>, <c>silhouette</c>, <c>inertia</c>, <c>mae</c>, <c>total-bias</c>, <c>hr-10</c>, <c>ndcg-10</c>, …</param>
/// <param name="Value">On data that the fit did not see.</param>
/// <param name="Lower">95 % interval, where there is one.</param>
/// <param name="Upper">95 % interval, where there is one.</param>
/// <param name="Baseline">The simple rule on the same rows; null when none is defined.</param>
/// <param name="BaselineName"><c>rfm</c>, <c>recency</c>, <c>popular</c>, <c>mean</c>, …</param>
public sealed record ModelMetric(string Name, double Value, double? Lower = null, double? Upper = null, double? Baseline = null, string? BaselineName = null);

public sealed record ReliabilityBin(double Predicted, double Observed, double Lower, double Upper, long Count);

/// <param name="Share">Best-ranked share of all, 0 to 1.</param>
/// <param name="Reached">Share of the positives among them.</param>
/// <param name="Baseline">The same when the simple rule ranks.</param>
public sealed record GainPoint(double Share, double Reached, double? Baseline);

/// <param name="Feature">Name of a feature.</param>
/// <param name="Importance">Share of the mean absolute effect of all features on the score; the shares add up to one.</param>
public sealed record Driver(string Feature, double Importance, double? StandardError);

public sealed record EpochLoss(int Epoch, double Train, double? Validation);

public sealed record Candidate(string Kind, double Metric, bool Won);

/// <param name="Number">The value of the score.</param>
/// <param name="Name">Stable name in words.</param>
/// <param name="Traits">What sets it apart: feature and standardised difference.</param>
public sealed record SegmentDescription(int Number, string Name, long CustomerCount, IReadOnlyList<SegmentTrait> Traits)
{
    public string? NameChinese { get; init; }

    /// <summary>The name in the reader's language.</summary>
    public string NameIn(string language) => language is "zh" && NameChinese is { } chinese ? chinese : Name;
}

/// <summary>Customers who were in one segment and are in another, or the same.</summary>
/// <param name="From">Null: no order yet.</param>
public sealed record SegmentMove(int? From, int To, int CustomerCount);

public sealed record SegmentTrait(string Feature, double Difference);
