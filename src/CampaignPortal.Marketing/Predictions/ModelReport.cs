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
    /// <summary>Quality within groups of people: by trait, largest first.</summary>
    public IReadOnlyList<GroupQuality> Groups { get; init; } = [];
    /// <summary>Ways to choose products, each judged as it is served.</summary>
    public IReadOnlyList<StrategyQuality> Strategies { get; init; } = [];
    /// <summary>How customers moved between segments since <see cref="MovesSince"/>, by the same clustering.</summary>
    public IReadOnlyList<SegmentMove> SegmentMoves { get; init; } = [];
    public DateTimeOffset? MovesSince { get; init; }
    /// <summary>Rows of the test.</summary>
    public long? TestRowCount { get; init; }
    public long? TrainRowCount { get; init; }
    /// <summary>Share of the test rows that did it.</summary>
    public double? BaseRate { get; init; }
    public double? LearningRate { get; init; }
    /// <summary><see cref="StoppedEarly"/> or <see cref="StoppedAtLimit"/>; null for a closed formula.</summary>
    public string? StopReason { get; init; }

    public const string StoppedEarly = "no-more-gain", StoppedAtLimit = "limit";

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

/// <param name="Estimator">Which one of those that competed; null when there was one only.</param>
public sealed record EpochLoss(int Epoch, double Train, double? Validation, string? Estimator = null);

/// <summary>A model on the customers of one group, on rows that the fit did not see.</summary>
/// <param name="Trait"><c>country</c>, <c>age</c>, <c>tenure</c>.</param>
/// <param name="Value">The group: a country, an age group, or a span of days such as <c>0-90</c>.</param>
/// <param name="Count">Customers of the group.</param>
/// <param name="Predicted">Mean predicted chance.</param>
/// <param name="Observed">Share that really did it, with its 95 % interval.</param>
/// <param name="Auc">Null while one of the answers is too rare in the group.</param>
/// <param name="Selected">Share of the group among the tenth of all that is ranked highest: who would be written to.</param>
public sealed record GroupQuality(string Trait, string Value, int Count, double Predicted, MeasuredShare Observed, MeasuredShare? Auc, double Selected)
{
    /// <summary>Smaller groups are not shown: their figures would be chance, and the people in them could be recognised.</summary>
    public const int MinCount = 30;

    /// <summary>Whether the model promises this group more or less than what comes true, beyond chance.</summary>
    public bool IsOff => Predicted < Observed.Lower || Predicted > Observed.Upper;
}

/// <summary>A share with its 95 % interval.</summary>
public sealed record MeasuredShare(double Value, double Lower, double Upper);

/// <summary>A way to choose products, judged on later purchases as it is served, fallbacks included.</summary>
/// <param name="Strategy">Key such as <c>for-you</c>.</param>
/// <param name="CustomerCount">Customers judged.</param>
/// <param name="HitRate">Share of them with a purchase among the first ten.</param>
/// <param name="Baseline">The same for best sellers, on the same customers.</param>
/// <param name="Coverage">Share of the catalogue that was on at least one list.</param>
/// <param name="Diversity">The price of variety: what other settings of the slider would have done; empty where there is no slider.</param>
public sealed record StrategyQuality(string Strategy, int CustomerCount, MeasuredShare HitRate, double Baseline, double Coverage, IReadOnlyList<DiversityPoint> Diversity);

/// <param name="Diversity">Setting of the slider, 0 to 1.</param>
/// <param name="Variety">Mean unlikeness of two items of a list, 0 to 1.</param>
public sealed record DiversityPoint(double Diversity, double HitRate, double Coverage, double Variety);

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
