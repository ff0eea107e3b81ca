using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Marketing.Predictions.Segmentation;

/// <summary>Segments in the registry: a customer's score is the number of the segment.</summary>
public sealed class SegmentsPrediction(SegmentSettings settings) : IPrediction
{
    public string Model => ModelNames.Segments;

    public int Order => 1;

    public TrainedVersion Train(TrainingInput input, CancellationToken ct)
    {
        var previous = input.LiveFolder is { } folder ? ModelFolder.Load<SegmentModel>(folder) : null;
        input.Report("cluster", 0);
        var result = SegmentTrainer.Train(input.Table, settings, input.Rng, previous, ct);
        if (result.Model is not { } trained) return TrainedVersion.Impossible(result.Problems, result.Fallback);
        var chosen = trained.Candidates.FirstOrDefault(c => c.ClusterCount == trained.Model.Clusters.ClusterCount);
        var headline = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["silhouette"] = trained.Silhouette,
            ["segments"] = trained.Model.Clusters.ClusterCount,
            ["inertia"] = trained.Model.Clusters.Inertia,
            ["stability"] = trained.Stability,
        };
        var report = new ModelReport
        {
            Metrics =
            [
                new ModelMetric("silhouette", trained.Silhouette), new ModelMetric("inertia", trained.Model.Clusters.Inertia), new ModelMetric("stability", trained.Stability),
            ],
            Candidates = [.. trained.Candidates.Select(c => new Candidate(FormattableString.Invariant($"k = {c.ClusterCount}"), c.Silhouette ?? 0, c == chosen))],
            Segments =
            [
                .. trained.Profiles.Select(p => new SegmentDescription(
                    p.Segment.Id, p.Segment.Name.English, p.CustomerCount, [.. p.Distinctive.Select(d => new SegmentTrait(d.Feature, d.Distance))]) { NameChinese = p.Segment.Name.Chinese }),
            ],
            SegmentMoves = trained.Moves,
            MovesSince = input.Table.AsOf.AddDays(-SegmentTrainer.MoveDays),
            TrainRowCount = trained.SegmentOf.Count,
        };
        // A new clustering describes today's customers; names and numbers carry over, so it may always take the old one's place.
        return new TrainedVersion(SegmentModel.Kind, target => trained.Model.Save(target, new ModelDetails { Columns = trained.Model.Columns, RowCount = trained.SegmentOf.Count }), headline, report, IsBetter: true, Reason: null);
    }

    public PredictionOutput Score(ScoringInput input, CancellationToken ct)
    {
        var segments = SegmentTrainer.Assign(ModelFolder.Load<SegmentModel>(input.Folder), input.Table, settings.Degree, ct);
        return new PredictionOutput([.. segments.Select(s => new ScoreRow(s.Key, null, s.Value, 0))], []);
    }

    public IReadOnlyList<string> FeaturesOf(string folder) => ModelFolder.Load<SegmentModel>(folder).Columns;
}
